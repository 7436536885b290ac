import { columnTitle } from '../contract/column-title.js'
import { byCompilers, kernelKey } from '../builder/index.js'
import { EXIT } from '../platform/errors.js'
import { columnRef, columnsOf, type Column } from '../plan/columns.js'
import { prepareColumn } from '../plan/prepare-column.js'
import { eachColumn } from './each-column.js'
import type { Invocation } from './invocation.js'

export interface BuildOptions {
  kernel?: readonly string[]
  compiler?: readonly string[]
  flavour?: readonly string[]
  printKey?: boolean
}

export async function execute({
  options,
  terminal,
  signal,
  project,
}: Invocation<BuildOptions>): Promise<number> {
  const work = { signal, progress: terminal }
  const kernels = byCompilers(options.kernel ?? ['6.1'], options.compiler)
  const selection = { kernels, flavours: options.flavour ?? ['plain'] }
  const columns = await columnsOf(await project(), selection, work)
  if (options.printKey === true) {
    terminal.write(`${(await keysOf(columns)).join('\n')}\n`)
    return EXIT.passed
  }
  return eachColumn(columns, signal, async column => {
    const machine = { accelerator: 'tcg', cold: true } as const
    const { setup, module } = await prepareColumn(await project(), column, machine, work)
    const lines = [
      columnTitle(columnRef(column)),
      `  kernel    ${setup.machine.image}`,
      `  initramfs ${setup.machine.initramfs}`,
      ...module.modules.map(({ ko }) => `  module    ${ko}`),
      ...setup.brokenPrograms.map(({ detail }) => `  program   ${detail}`),
      ...module.warnings.map(warning => `  warning   ${warning}`),
    ]
    terminal.write(`${lines.join('\n')}\n`)
    return setup.brokenPrograms.length === 0
  })
}

/** Each key once: flavours may share a kernel. */
async function keysOf(columns: readonly Column[]): Promise<string[]> {
  const keys = await Promise.all(columns.map(({ source, flavour }) => kernelKey(source, flavour)))
  return [...new Set(keys.map(({ key }) => key))]
}
