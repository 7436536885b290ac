import { columnTitle } from '../contract/column-title.js'
import { kernelKey } from '../builder/index.js'
import { EXIT } from '../platform/errors.js'
import { columnRef, type Column } from '../plan/column.js'
import { columnsOf } from '../plan/columns.js'
import { prepareColumn } from '../plan/prepare-column.js'
import { wantedColumns, type ColumnsOptions } from '../plan/wanted-columns.js'
import { eachColumn } from './each-column.js'
import type { Invocation } from './invocation.js'

export interface BuildOptions extends ColumnsOptions {
  printKey?: boolean
}

export async function execute({
  options,
  terminal,
  signal,
  project: read,
}: Invocation<BuildOptions>): Promise<number> {
  const work = { signal, progress: terminal }
  const project = await read()
  const columns = await columnsOf(project, wantedColumns(project, options), work)
  if (options.printKey === true) {
    terminal.write(`${(await keysOf(columns)).join('\n')}\n`)
    return EXIT.passed
  }
  return eachColumn(columns, signal, async column => {
    const machine = { accelerator: 'tcg', cold: true } as const
    const { setup, module } = await prepareColumn(project, column, machine, work)
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
