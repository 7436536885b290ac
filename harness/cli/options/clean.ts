import type { CleanOptions } from '../../commands/clean.js'
import type { CommandSpec } from '../command.js'

export const cleanCommand: CommandSpec<CleanOptions> = {
  name: 'clean',
  summary: 'Delete the cache of kernels, modules, images and downloads.',
  examples: [
    ['modprove clean', 'the cache; the next run builds its kernel again'],
    ['modprove clean --records', 'the records of past runs as well'],
    ['modprove clean --dry-run', 'only list what would be deleted, and its size'],
  ],
  outlivesReader: true,
  options: {
    records: { flags: '--records', description: 'delete the records of past runs as well' },
    dryRun: { flags: '--dry-run', description: 'list what would be deleted, and delete nothing' },
  },
  load: () => import('../../commands/clean.js'),
}
