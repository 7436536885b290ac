import type { WatchOptions } from '../../commands/watch.js'
import type { CommandSpec } from '../command.js'
import { acceleratorOption, oneFlavourOption, oneKernelOption } from '../selection.js'

export const watchCommand: CommandSpec<WatchOptions> = {
  name: 'watch',
  args: '[suites...]',
  summary: 'Run the suites, and again what each change in the module or the suites touches.',
  examples: [
    ['modprove watch', 'all suites on 6.1 plain; h shows the keys, q ends it'],
    ['modprove watch mmap --flavour debug', 'one suite on the debug kernel'],
  ],
  options: { kernel: oneKernelOption, flavour: oneFlavourOption, accel: acceleratorOption },
  load: () => import('../../commands/watch.js'),
}
