import type { BuildOptions } from '../../commands/build.js'
import type { CommandSpec } from '../command.js'
import { flavourOption, kernelOption } from '../selection.js'

export const buildCommand: CommandSpec<BuildOptions> = {
  name: 'build',
  summary: 'Build kernels, the module and the guest image; run nothing.',
  examples: [
    ['modprove build', 'what `modprove run` needs'],
    [
      'modprove build --kernel 6.1,7.3 --flavour plain,debug',
      'four kernels, and the module on each',
    ],
    ['modprove build --print-key --flavour all', 'for the cache of a CI'],
  ],
  outlivesReader: true,
  options: {
    kernel: kernelOption,
    flavour: flavourOption,
    printKey: {
      flags: '--print-key',
      description: "only print the kernels' cache keys, which cover all inputs",
    },
  },
  load: () => import('../../commands/build.js'),
}
