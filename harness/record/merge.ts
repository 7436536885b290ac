import { constants } from 'node:fs'
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isThere } from '../platform/last-use.js'
import { usageError } from '../platform/errors.js'
import { noCounts, type Counts, type JobRef, type RunEvent } from '../contract/events.js'
import { writeAtomically } from '../platform/write-atomically.js'
import { mergedComparisons } from './merge-comparisons.js'
import { mergedStart } from './merge-starts.js'
import { Digest } from './digest.js'
import { exitCodeOf, settle, type Settled } from './settle.js'
import { sum, type Comparison } from './view.js'

/** Where a merged record is written. */
export interface MergedPlace {
  readonly run: string
  /** Absolute; must not exist. */
  readonly folder: string
  readonly argv: readonly string[]
}

export interface Merged {
  readonly counts: Counts
  /** Shards with coverage, which the merged record lacks. */
  readonly withCoverage: readonly string[]
}

interface Shard extends Settled {
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
  place: MergedPlace,
): Promise<Merged> {
  if (await isThere(place.folder)) {
    throw usageError('OUTPUT_EXISTS', `${place.folder} is there already`, {
      remedy: 'Name a folder that does not exist yet: --output <folder>',
    })
  }
  const shards: Shard[] = []
  for (const folder of folders) shards.push({ folder, ...(await settle(folder)) })
  const plan = planOf(shards)
  const start = mergedStart(shards, place)
  const partial = join(dirname(place.folder), `.${place.run}.partial`)
  const merging = new Merging(shards, [start, { type: 'plan', jobs: plan }])
  try {
    await mkdir(partial, { recursive: true })
    await writeAtomically(join(partial, 'events.jsonl'), batched(merging.lines()))
    const digest = `${JSON.stringify(merging.digest.value, undefined, 2)}\n`
    await writeAtomically(join(partial, 'run.json'), digest)
    for (const { folder } of shards) await copyFolders(folder, partial)
    await rename(partial, place.folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
  return { counts: merging.counts, withCoverage: merging.withCoverage }
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

/** Collects the totals of what is written. */
class Merging {
  readonly digest = new Digest()
  readonly withCoverage: string[] = []
  readonly #shards: readonly Shard[]
  readonly #head: readonly RunEvent[]
  readonly #comparisons: Comparison[] = []
  #counts: Counts = noCounts
  #interrupted = false
  #endMs = 0

  constructor(shards: readonly Shard[], head: readonly RunEvent[]) {
    this.#shards = shards
    this.#head = head
  }

  get counts(): Counts {
    return this.#counts
  }

  async *lines(): AsyncGenerator<string> {
    for (const event of this.#head) yield this.#written(event)
    for (const shard of this.#shards) yield* this.#of(shard)
    for (const event of mergedComparisons(this.#comparisons)) yield this.#written(event)
    yield this.#written(this.#end())
  }

  async *#of(shard: Shard): AsyncGenerator<string> {
    const { folder, start } = shard
    for await (const { event, line } of shard.events()) {
      if (event.type === 'run-start' || event.type === 'plan') continue
      if (event.type === 'coverage') this.withCoverage.push(folder)
      else if (event.type === 'comparison') this.#comparisons.push(event)
      else if (event.type === 'run-end') {
        this.#counts = sum(this.#counts, event.counts)
        this.#interrupted ||= event.interrupted
        this.#endMs = Math.max(this.#endMs, Date.parse(start.at) + event.durationMs)
      } else yield this.#written(event, line)
    }
  }

  #written(event: RunEvent, line = JSON.stringify(event)): string {
    this.digest.take(event)
    return `${line}\n`
  }

  /** Shards run in parallel: it lasts from the first start to the last end. */
  #end(): RunEvent {
    const counts = this.#counts
    const beganMs = Math.min(...this.#shards.map(({ start }) => Date.parse(start.at)))
    return {
      type: 'run-end',
      at: new Date(this.#endMs).toISOString(),
      durationMs: this.#endMs - beganMs,
      counts,
      exitCode: exitCodeOf(counts),
      interrupted: this.#interrupted,
    }
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
