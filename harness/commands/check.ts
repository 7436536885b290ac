import {
  checkpatch,
  checkpatchOf,
  requireKernel,
  requireModule,
  sparseVersion,
  type ModuleBuild,
} from '../builder/index.js'
import { columnTitle } from '../contract/column-title.js'
import { EXIT } from '../platform/errors.js'
import { isThere } from '../platform/files/is-there.js'
import { escapeTerminal } from '../platform/text/text.js'
import { columnRef } from '../plan/column.js'
import { columnsOf } from '../plan/columns.js'
import { wantedColumns, type ColumnsOptions } from '../plan/wanted-columns.js'
import { findingLines, isOwn, summaryLine, type Finding } from './check/findings.js'
import { eachColumn } from './each-column.js'
import type { Invocation } from './invocation.js'

export type CheckOptions = ColumnsOptions

export async function execute({
  options,
  terminal,
  signal,
  project: read,
}: Invocation<CheckOptions>): Promise<number> {
  const project = await read()
  const work = { signal, progress: terminal }
  const sparse = await sparseVersion()
  const columns = await columnsOf(project, wantedColumns(project, options), work)
  const findings: Finding[] = []
  const checked: string[] = []
  const skipped: string[] = []
  let newest: { readonly tree: string; readonly on: string } | undefined
  const exitCode = await eachColumn(columns, signal, async column => {
    const { source, flavour } = column
    const on = columnTitle(columnRef(column))
    const kernel = await requireKernel({ source, flavour, ...work })
    // The columns are sorted, the newest kernel last.
    if (await isThere(checkpatchOf(kernel.tree))) newest = { tree: kernel.tree, on }
    const built = await requireModule({ kernel, project, sparse, ...work })
    checked.push(on)
    const refused = built.sparse.find(report => report.refused !== undefined)?.refused
    if (refused !== undefined) skipped.push(`sparse on ${on}: ${refused} (${sparse})`)
    const found = findingsOf(built, on)
    findings.push(...found)
    return found.length === 0
  })
  if (newest === undefined) skipped.push('checkpatch: none of these kernels comes with it')
  else {
    const { tree, on } = newest
    for (const text of await checkpatch(tree, project.module, signal))
      findings.push({ by: 'checkpatch', text, on })
  }
  const told = findingLines(findings)
  const lines = [
    ...told,
    ...skipped.map(what => `skipped: ${what}`),
    summaryLine(told.length, checked),
  ]
  terminal.write(lines.map(line => `${escapeTerminal(line)}\n`).join(''))
  return findings.length > 0 ? EXIT.failed : exitCode
}

function findingsOf({ warnings, sparse, sources }: ModuleBuild, on: string): Finding[] {
  const of = (by: Finding['by'], texts: readonly string[]): Finding[] =>
    texts.filter(text => isOwn(text, sources)).map(text => ({ by, text, on }))
  return [...of('W=1', warnings), ...sparse.flatMap(({ warnings }) => of('sparse', warnings))]
}
