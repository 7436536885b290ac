import { EXIT } from '../errors.js'
import { columnsOf, prepareColumn } from '../run/columns.js'
import type { CommandSpec } from './command.js'
import { flavourOption, kernelOption } from './selection.js'

interface BuildOptions {
  kernel?: readonly string[]
  flavour?: readonly string[]
}

export const buildCommand: CommandSpec<BuildOptions> = {
  name: 'build',
  summary: 'Build kernels, the module and the guest image, and run nothing.',
  examples: [
    ['modprove build', 'what `modprove run` needs'],
    [
      'modprove build --kernel 6.1,7.3 --flavour plain,debug',
      'four kernels, and the module on each',
    ],
  ],
  options: { kernel: kernelOption, flavour: flavourOption },
  async run({ options, terminal, signal }) {
    const work = { signal, progress: terminal }
    const selection = { kernels: options.kernel ?? ['6.1'], flavours: options.flavour ?? ['plain'] }
    for (const column of await columnsOf(selection, work)) {
      const { place, module } = await prepareColumn(
        column,
        { accelerator: 'tcg', cold: true },
        work,
      )
      const lines = [
        `${column.release} ${column.flavour.name}`,
        `  kernel    ${place.machine.image}`,
        `  initramfs ${place.machine.initramfs}`,
        ...module.modules.map(({ ko }) => `  module    ${ko}`),
        ...module.warnings.map(warning => `  warning   ${warning}`),
      ]
      terminal.print(process.stdout, `${lines.join('\n')}\n`)
    }
    return EXIT.passed
  },
}
