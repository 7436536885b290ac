import { kernelKey } from '../build/index.js'
import { EXIT, ModproveError } from '../errors.js'
import { columnsOf, prepareColumn, type Column } from '../run/columns.js'
import type { CommandSpec } from './command.js'
import { reportError } from './report-error.js'
import { flavourOption, kernelOption } from './selection.js'

interface BuildOptions {
  kernel?: readonly string[]
  flavour?: readonly string[]
  printKey?: boolean
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
    ['modprove build --print-key --flavour all', 'for the cache of a CI'],
  ],
  options: {
    kernel: kernelOption,
    flavour: flavourOption,
    printKey: {
      flags: '--print-key',
      description:
        'only print what names the kernels in the cache, which is all that goes into each',
    },
  },
  async run({ options, terminal, signal }) {
    const work = { signal, progress: terminal }
    const selection = { kernels: options.kernel ?? ['6.1'], flavours: options.flavour ?? ['plain'] }
    const columns = await columnsOf(selection, work)
    if (options.printKey === true) {
      terminal.print(process.stdout, `${(await keysOf(columns)).join('\n')}\n`)
      return EXIT.passed
    }
    let exitCode: number = EXIT.passed
    for (const column of columns) {
      const machine = { accelerator: 'tcg', cold: true } as const
      const prepared = await prepareColumn(column, machine, work).catch((error: unknown) => {
        signal.throwIfAborted()
        if (!(error instanceof ModproveError)) throw error
        exitCode = Math.max(exitCode, reportError(error))
      })
      if (prepared === undefined) continue
      const { place, module } = prepared
      const lines = [
        `${column.release} ${column.flavour.name}`,
        `  kernel    ${place.machine.image}`,
        `  initramfs ${place.machine.initramfs}`,
        ...module.modules.map(({ ko }) => `  module    ${ko}`),
        ...module.warnings.map(warning => `  warning   ${warning}`),
      ]
      terminal.print(process.stdout, `${lines.join('\n')}\n`)
    }
    return exitCode
  },
}

/** Each once: flavours may share a kernel. */
async function keysOf(columns: readonly Column[]): Promise<string[]> {
  const keys = await Promise.all(columns.map(({ source, flavour }) => kernelKey(source, flavour)))
  return [...new Set(keys.map(({ key }) => key))]
}
