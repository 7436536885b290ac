import type { BenchOptions } from '../../commands/bench.js'
import { rowNames } from '../../commands/bench/row-names.js'
import type { CommandSpec } from '../command.js'
import { acceleratorOption, oneKernelOption } from '../selection.js'

export const benchCommand: CommandSpec<BenchOptions> = {
  name: 'bench',
  args: '[rows...]',
  summary: `Measure how quick the harness is: ${rowNames.join(', ')}. Keep the host otherwise idle.`,
  examples: [
    ['modprove bench', 'the whole table, kept as JSON; kernel and matrix take minutes'],
    ['modprove bench plain-boot agent', 'two rows'],
    ['modprove bench --compare before.json after.json', 'medians of two results, side by side'],
  ],
  options: {
    kernel: oneKernelOption,
    accel: acceleratorOption,
    compare: { flags: '--compare', description: 'the arguments are two results; nothing is run' },
  },
  load: () => import('../../commands/bench.js'),
}
