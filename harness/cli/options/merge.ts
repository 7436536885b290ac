import type { MergeOptions } from '../../commands/merge.js'
import type { CommandSpec } from '../command.js'

export const mergeCommand: CommandSpec<MergeOptions> = {
  name: 'merge',
  args: '<records...>',
  summary: 'Make one record of several whose jobs were shared out, as if one run had made it.',
  examples: [
    ['modprove merge shards/*', 'the merged record becomes the latest'],
    ['modprove merge a b --output merged', 'it is put into a folder of its own'],
  ],
  outlivesReader: true,
  options: {
    output: {
      flags: '--output <folder>',
      description: 'where the merged record is put (default: beside the others)',
    },
  },
  load: () => import('../../commands/merge.js'),
}
