import type { ChaosOptions } from '../../commands/chaos.js'
import type { CommandSpec } from '../command.js'
import { oneKernelOption } from '../selection.js'

export const chaosCommand: CommandSpec<ChaosOptions> = {
  name: 'chaos',
  args: '[faults...]',
  summary: 'Inject faults into machines and the host, and check that no result is lost.',
  examples: [
    ['modprove chaos', 'every fault of the table; the result is kept as a table and as JSON'],
    ['modprove chaos --list', 'all faults'],
    ['modprove chaos --fast', 'those that npm test includes'],
    ['modprove chaos panic 8', 'one by name, and those of a row'],
  ],
  options: {
    kernel: oneKernelOption,
    fast: { flags: '--fast', description: 'only those that take seconds' },
    list: { flags: '--list', description: 'name the faults and make none' },
  },
  load: () => import('../../commands/chaos.js'),
}
