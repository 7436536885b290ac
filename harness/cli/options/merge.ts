import type { MergeOptions } from '../../commands/merge.js'
import type { CommandSpec } from '../command.js'

export const mergeCommand: CommandSpec<MergeOptions> = {
  name: 'merge',
  args: '<records...>',
  summary: 'Merge the records of shards into one, as if one run had made it.',
  examples: [
    ['modprove merge shards/*', 'the merged record becomes the latest'],
    ['modprove merge a b --output merged', 'into a named folder'],
  ],
  outlivesReader: true,
  options: {
    output: {
      flags: '--output <folder>',
      description: 'folder of the merged record (default: beside the others)',
    },
  },
  load: () => import('../../commands/merge.js'),
}
