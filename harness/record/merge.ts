import { constants } from 'node:fs'
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isThere } from '../platform/files/is-there.js'
import { usageError, type ExitCode } from '../platform/errors.js'
import type { Counts } from '../contract/events.js'
import { writeAtomically, writeJson } from '../platform/files/write-atomically.js'
import { MergedEvents } from './merged-events.js'
import { mergePlans, type MergedPlan } from './merge-plans.js'
import { mergedStart, type MergeTarget } from './merge-starts.js'
import { RunJson } from './run-json.js'
import { readShards, type ShardRecord } from './shards.js'

export interface Merged {
  readonly counts: Counts
  readonly exitCode: ExitCode
  /** Shards with coverage, which the merged record lacks. */
  readonly withCoverage: readonly string[]
}

/** Writes are batched: a record has many small events. */
const BATCH_CHARACTERS = 1 << 18

/**
 * Merges records into one, as if one run had made it: events of jobs are copied unchanged, with
 * one start, plan and end. Shards of a plan may come in any order, and more than once; a job that
 * none of them has is missed. What a shard lost stays lost. Coverage is not merged: its events hold
 * counts of lines, not which lines.
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
  const events = new MergedEvents(mergedStart(shards.records, target), shards.records, plan)
  const runJson = new RunJson()
  async function* lines(): AsyncGenerator<string> {
    for await (const { event, line = JSON.stringify(event) } of events.all()) {
      runJson.take(event)
      yield `${line}\n`
    }
  }
  const partial = join(dirname(target.folder), `.${target.run}.partial`)
  try {
    await mkdir(partial, { recursive: true })
    await writeAtomically(join(partial, 'events.jsonl'), batched(lines()))
    await writeJson(join(partial, 'run.json'), runJson.value)
    for (const record of shards.records) await copyFolders(record, plan, partial)
    await rename(partial, target.folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
  const { counts, exitCode } = events.progress
  return { counts, exitCode, withCoverage: [...events.withCoverage] }
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
    .filter(entry => entry.isDirectory() && entry.name !== 'coverage' && entry.name !== 'jobs')
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
