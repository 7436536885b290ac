import { columnTitle } from '../contract/column-title.js'
import { kernelKey } from '../builder/index.js'
import { EXIT, ModproveError } from '../platform/errors.js'
import { columnRef, columnsOf, type Column } from '../plan/columns.js'
import { prepareColumn } from '../plan/prepare-column.js'
import { wantedColumns, type ColumnsOptions } from '../plan/wanted-columns.js'
import { exitCodeOf } from '../record/exit-code.js'
import type { Invocation } from './invocation.js'
import { reportError } from './report-error.js'

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
  const ends = { fail: 0, error: 0, miss: 0 }
  for (const column of columns) {
    const machine = { accelerator: 'tcg', cold: true } as const
    const prepared = await prepareColumn(project, column, machine, work).catch((error: unknown) => {
      signal.throwIfAborted()
      if (!(error instanceof ModproveError) || error.outcome === 'usage') throw error
      ends[reportError(error) === EXIT.failed ? 'fail' : 'error']++
    })
    if (prepared === undefined) continue
    const { setup, module } = prepared
    if (setup.brokenPrograms.length > 0) ends.fail++
    const lines = [
      columnTitle(columnRef(column)),
      `  kernel    ${setup.machine.image}`,
      `  initramfs ${setup.machine.initramfs}`,
      ...module.modules.map(({ ko }) => `  module    ${ko}`),
      ...setup.brokenPrograms.map(({ detail }) => `  program   ${detail}`),
      ...module.warnings.map(warning => `  warning   ${warning}`),
    ]
    terminal.write(`${lines.join('\n')}\n`)
  }
  return exitCodeOf(ends)
}

/** Each key once: flavours may share a kernel. */
async function keysOf(columns: readonly Column[]): Promise<string[]> {
  const keys = await Promise.all(columns.map(({ source, flavour }) => kernelKey(source, flavour)))
  return [...new Set(keys.map(({ key }) => key))]
}
