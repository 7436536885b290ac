import type { CommandSpec } from '../command.js'
import { acceleratorOption, coldOption, oneFlavourOption, oneKernelOption } from '../selection.js'

export interface ShellOptions {
  kernel: string
  flavour: string
  accel: 'auto' | 'kvm' | 'tcg'
  cold?: boolean
}

export const shellCommand: CommandSpec<ShellOptions> = {
  name: 'shell',
  args: '[command...]',
  takesCommand: true,
  summary: 'A root shell in a machine with the modules loaded, or one command and its status.',
  examples: [
    ['modprove shell', 'look around; exit ends the machine'],
    [
      'modprove shell --flavour debug cat -n /proc/modules',
      'one command with its own options; its status is the exit status',
    ],
    ["modprove shell 'dmesg | tail'", 'one word is a command line for sh'],
  ],
  options: {
    kernel: oneKernelOption,
    flavour: oneFlavourOption,
    accel: acceleratorOption,
    cold: coldOption,
  },
  load: () => import('../shell.js'),
}
