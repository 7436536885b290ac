import type { KernelsOptions } from '../../commands/kernels.js'
import type { CommandSpec } from '../command.js'

export const kernelsCommand: CommandSpec<KernelsOptions> = {
  name: 'kernels',
  summary: 'List the catalogue of kernels, what the archive has of each, and what is built.',
  examples: [
    ['modprove kernels', 'from the cached indexes, updated once a day'],
    ['modprove kernels --refresh', 'ask the archive now'],
    ['modprove kernels --all', 'older point releases too: the range of a bisect'],
  ],
  outlivesReader: true,
  options: {
    refresh: { flags: '--refresh', description: "ask Debian's archive for its indexes now" },
    all: { flags: '--all', description: 'also the suites that hold older releases' },
  },
  load: () => import('../../commands/kernels.js'),
}
