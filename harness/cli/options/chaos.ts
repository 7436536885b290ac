import type { ChaosOptions } from '../../commands/chaos.js'
import type { CommandSpec } from '../command.js'
import { oneKernelOption } from '../selection.js'

export const chaosCommand: CommandSpec<ChaosOptions> = {
  name: 'chaos',
  args: '[faults...]',
  summary: 'Make machines die, lie and hang, and the host fail, and see that nothing is lost.',
  examples: [
    ['modprove chaos', 'every fault of the table; the result is kept as a table and as JSON'],
    ['modprove chaos --list', 'what there is'],
    ['modprove chaos --fast', 'the part that npm test makes'],
    ['modprove chaos panic 8', 'one by name, and those of a row'],
  ],
  options: {
    kernel: oneKernelOption,
    fast: { flags: '--fast', description: 'only those that take seconds' },
    list: { flags: '--list', description: 'name the faults and make none' },
  },
  load: () => import('../../commands/chaos.js'),
}
