import { constants } from 'node:fs'
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isThere } from '../platform/files/is-there.js'
import { usageError } from '../platform/errors.js'
import { noCounts, sum, type Counts, type JobRef, type RunEvent } from '../contract/events.js'
import { writeAtomically, writeJson } from '../platform/files/write-atomically.js'
import { mergedComparisons } from './merge-comparisons.js'
import { mergedStart, type MergeTarget } from './merge-starts.js'
import { RunJson } from './run-json.js'
import { exitCodeOf } from './exit-code.js'
import { readClosed, type ClosedRecord, type ClosedEvent } from './closed-record.js'
import type { Comparison } from './view.js'

export interface Merged {
  readonly counts: Counts
  /** Shards with coverage, which the merged record lacks. */
  readonly withCoverage: readonly string[]
}

interface Shard extends ClosedRecord {
  readonly folder: string
}

/** Writes are batched: a record has many small events. */
const BATCH_CHARACTERS = 1 << 18

/**
 * Merges records that share no job into one, as if one run had made it: events of jobs are copied
 * unchanged, with one start, plan and end. What a shard lost stays lost. Coverage is not merged:
 * its events hold counts of lines, not which lines.
 *
 * @param folders absolute
 * @throws ModproveError `OUTPUT_EXISTS`, `JOB_IN_TWO_RECORDS`, `RECORDS_DIFFER`, `NOT_A_RUN`, and
 *   those of reading
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
  const shards: Shard[] = []
  for (const folder of folders) shards.push({ folder, ...(await readClosed(folder)) })
  const plan = planOf(shards)
  const start = mergedStart(shards, target)
  const partial = join(dirname(target.folder), `.${target.run}.partial`)
  const totals: MergedTotals = { counts: noCounts, interrupted: false, endMs: 0, comparisons: [] }
  const withCoverage = new Set<string>()
  const runJson = new RunJson()
  async function* lines(): AsyncGenerator<string> {
    const head = [start, { type: 'plan', jobs: plan } as const]
    for (const event of head) yield written({ event })
    for (const shard of shards) {
      for await (const one of eventsOf(shard, totals)) {
        if (one.event.type === 'coverage') withCoverage.add(shard.folder)
        else yield written(one)
      }
    }
    for (const event of [...mergedComparisons(totals.comparisons), mergedEnd(shards, totals)])
      yield written({ event })
  }
  const written = ({ event, line = JSON.stringify(event) }: ClosedEvent): string => {
    runJson.take(event)
    return `${line}\n`
  }
  try {
    await mkdir(partial, { recursive: true })
    await writeAtomically(join(partial, 'events.jsonl'), batched(lines()))
    await writeJson(join(partial, 'run.json'), runJson.value)
    for (const { folder } of shards) await copyFolders(folder, partial)
    await rename(partial, target.folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
  return { counts: totals.counts, withCoverage: [...withCoverage] }
}

function planOf(shards: readonly Shard[]): JobRef[] {
  const owners = new Map<string, string>()
  for (const { folder, jobs } of shards) {
    for (const { id } of jobs) {
      const other = owners.get(id)
      if (other !== undefined) {
        throw usageError('JOB_IN_TWO_RECORDS', `${id} is in ${other} and in ${folder}`, {
          remedy: 'Merge records of different kernels, flavours or suites',
        })
      }
      owners.set(id, folder)
    }
  }
  return shards.flatMap(({ jobs }) => jobs)
}

/** The ends and comparisons of all shards as one. */
interface MergedTotals {
  counts: Counts
  interrupted: boolean
  endMs: number
  readonly comparisons: Comparison[]
}

/** The events of a shard's jobs and its coverage; the others are added to the totals. */
async function* eventsOf(
  { start, events }: Shard,
  totals: MergedTotals,
): AsyncGenerator<ClosedEvent> {
  for await (const { event, ...line } of events()) {
    if (event.type === 'run-start' || event.type === 'plan') continue
    if (event.type === 'comparison') totals.comparisons.push(event)
    else if (event.type === 'run-end') {
      totals.counts = sum(totals.counts, event.counts)
      totals.interrupted ||= event.interrupted
      totals.endMs = Math.max(totals.endMs, Date.parse(start.at) + event.durationMs)
    } else yield { event, ...line }
  }
}

/** Shards run in parallel: it lasts from the first start to the last end. */
function mergedEnd(
  shards: readonly Shard[],
  { counts, interrupted, endMs }: MergedTotals,
): RunEvent {
  const beganMs = Math.min(...shards.map(({ start }) => Date.parse(start.at)))
  return {
    type: 'run-end',
    at: new Date(endMs).toISOString(),
    durationMs: endMs - beganMs,
    counts,
    exitCode: exitCodeOf(counts),
    interrupted,
  }
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

/** Copies what is beside the events: jobs' folders and files for replays. */
async function copyFolders(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'coverage') continue
    await cp(join(from, entry.name), join(to, entry.name), {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      force: false,
      verbatimSymlinks: true,
    })
  }
}
