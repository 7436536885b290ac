import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { EXIT, usageError } from '../platform/errors.js'
import { during } from '../platform/terminal/progress.js'
import { PLAN, planIn } from '../record/plan-file.js'
import { lackingShards } from '../record/shard-folder.js'
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
    const folder = await folderOfPlan(name)
    folders.push(folder ?? (await findRecord(name, records)))
  }
  for (const folder of folders) for (const line of await lacking(folder)) terminal.say(line)
  const run = runName(new Date())
  const { output } = options
  const folder = output === undefined ? `${records}/${run}` : resolve(output)
  const target = { run, folder, argv: process.argv.slice(2) }
  const { counts } = await during(terminal, `merging ${folders.length} records`, undefined, () =>
    mergeRecords(folders, target),
  )
  if (output === undefined) becomeLatest(records, run)
  const lost = lostLine(counts)
  const lines = [`record: ${folder}`, ...(lost === undefined ? [] : [lost]), closingLine(counts)]
  terminal.write(`${lines.join('\n')}\n`)
  return EXIT.passed
}

/**
 * The folder with the results of a plan, also of `results/*`, which names the plan beside them.
 * @throws ModproveError `UNKNOWN_RUN` for an empty folder
 */
export async function folderOfPlan(name: string): Promise<string | undefined> {
  const path = resolve(name)
  if (basename(path) === PLAN && (await isThere(path))) return dirname(path)
  if (await isThere(join(path, PLAN))) return path
  const within = await readdir(path).catch(() => undefined)
  if (within?.length !== 0) return undefined
  throw usageError('UNKNOWN_RUN', `${path} is empty: no worker brought a result there`, {
    remedy: 'Name the folder that the workers were given: modprove worker --output',
  })
}

/** What workers did not bring, or lost, of a plan. */
async function lacking(folder: string): Promise<string[]> {
  const plan = await planIn(folder)
  // The record of one shard of several holds the plan, too.
  if (plan === undefined || (await isThere(join(folder, 'events.jsonl')))) return []
  const indexes = await lackingShards(folder, plan)
  if (indexes.length === 0) return []
  const which = `${indexes.length} of ${plan.shards.length} shards have no sound result: ${indexes.join(', ')}`
  return [`${which}. Run them again: modprove worker --index ${indexes[0]}`]
}
