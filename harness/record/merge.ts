import { constants } from 'node:fs'
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isThere } from '../platform/files/is-there.js'
import { usageError, type ExitCode } from '../platform/errors.js'
import type { Counts, EventOf } from '../contract/events.js'
import { sumCoverage, writeCoverage } from '../coverage/report.js'
import { writeAtomically, writeJson } from '../platform/files/write-atomically.js'
import { MergedEvents } from './merged-events.js'
import { mergePlans, type MergedPlan } from './merge-plans.js'
import { mergedStart, type MergeTarget } from './merge-starts.js'
import { RunJson } from './run-json.js'
import { readShards, type ShardRecord } from './shards.js'
import { keptSources } from './sources.js'

export interface Merged {
  readonly counts: Counts
  readonly exitCode: ExitCode
}

/** Of a record's coverage. */
const COVERAGE = 'coverage'

/** Writes are batched: a record has many small events. */
const BATCH_CHARACTERS = 1 << 18

/**
 * Merges records into one, as if one run had made it: events of jobs are copied unchanged, with
 * one start, plan and end. Shards of a plan may come in any order, and more than once; a job that
 * none of them has is missed. What a shard lost stays lost. Coverage is that of all together.
 *
 * @param folders absolute: records, or folders of a plan's records
 * @throws ModproveError `OUTPUT_EXISTS`, `NOTHING_TO_MERGE`, `RECORDS_DIFFER`, `NOT_A_RUN`, and
 *   those of {@link readShards} and {@link mergePlans}
 */
export async function mergeRecords(
  folders: readonly string[],
  target: MergeTarget,
): Promise<Merged> {
  if (await isThere(target.folder)) {
    throw usageError('OUTPUT_EXISTS', `${target.folder} is there already`, {
      remedy: 'Name a folder that does not exist yet: --output <folder>',
    })
  }
  const shards = await readShards(folders)
  const plan = mergePlans(shards)
  const start = mergedStart(shards.records, target)
  const runJson = new RunJson()
  const partial = join(dirname(target.folder), `.${target.run}.partial`)
  try {
    await mkdir(partial, { recursive: true })
    for (const record of shards.records) await copyFolders(record, plan, partial)
    const coverage = await mergedCoverage(plan, partial, target.folder)
    const events = new MergedEvents(start, shards.records, plan, coverage)
    async function* lines(): AsyncGenerator<string> {
      for await (const { event, line = JSON.stringify(event) } of events.all()) {
        runJson.take(event)
        yield `${line}\n`
      }
    }
    await writeAtomically(join(partial, 'events.jsonl'), batched(lines()))
    await writeJson(join(partial, 'run.json'), runJson.value)
    await rename(partial, target.folder)
    const { counts, exitCode } = events.progress
    return { counts, exitCode }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

/** Sums the coverage of records whose results count, and writes its reports. */
async function mergedCoverage(
  { used }: MergedPlan,
  partial: string,
  target: string,
): Promise<EventOf<'coverage'> | undefined> {
  const sum = await sumCoverage([...used].map(({ folder }) => join(folder, COVERAGE)))
  if (sum === undefined) return undefined
  const event = await writeCoverage(sum, keptSources(partial), join(partial, COVERAGE))
  return { ...event, folder: join(target, COVERAGE) }
}

async function* batched(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let batch = ''
  for await (const line of lines) {
    batch += line
    if (batch.length < BATCH_CHARACTERS) continue
    yield batch
    batch = ''
  }
  yield batch
}

/** Copies what is beside the events: folders of the jobs that count, and of the run's sources. */
async function copyFolders(record: ShardRecord, { from }: MergedPlan, to: string): Promise<void> {
  const jobs = [...record.jobs.keys()].filter(id => from.get(id) === record).map(id => `jobs/${id}`)
  const entries = await readdir(record.folder, { withFileTypes: true })
  const others = entries
    .filter(entry => entry.isDirectory() && entry.name !== COVERAGE && entry.name !== 'jobs')
    .map(({ name }) => name)
  for (const name of [...others, ...jobs]) {
    const path = join(record.folder, name)
    if (!(await isThere(path))) continue
    await cp(path, join(to, name), {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      force: false,
      verbatimSymlinks: true,
    })
  }
}
