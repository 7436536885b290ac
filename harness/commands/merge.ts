import { join, relative, resolve } from 'node:path'
import { EXIT } from '../platform/errors.js'
import { during } from '../platform/terminal/progress.js'
import { PLAN } from '../record/plan-file.js'
import { isThere } from '../platform/files/is-there.js'
import { findRecord } from '../record/read.js'
import { becomeLatest, recordsOf, runName } from '../record/record.js'
import { mergeRecords } from '../record/merge.js'
import { closingLine, lostLine } from '../report/summary.js'
import type { Invocation } from './invocation.js'

export interface MergeOptions {
  output?: string
}

export async function execute({
  args,
  options,
  terminal,
  project,
}: Invocation<MergeOptions>): Promise<number> {
  const records = recordsOf(await project())
  const folders: string[] = []
  for (const name of args) {
    const isOfPlan = await isThere(join(name, PLAN))
    folders.push(isOfPlan ? resolve(name) : await findRecord(name, records))
  }
  const run = runName(new Date())
  const { output } = options
  const folder = output === undefined ? `${records}/${run}` : resolve(output)
  const target = { run, folder, argv: process.argv.slice(2) }
  const { counts, withCoverage } = await during(
    terminal,
    `merging ${folders.length} records`,
    undefined,
    () => mergeRecords(folders, target),
  )
  if (output === undefined) becomeLatest(records, run)
  for (const shard of withCoverage)
    terminal.say(`coverage is not merged: it stays in ${relative('.', shard) || shard}`)
  const lost = lostLine(counts)
  const lines = [`record: ${folder}`, ...(lost === undefined ? [] : [lost]), closingLine(counts)]
  terminal.write(`${lines.join('\n')}\n`)
  return EXIT.passed
}
