import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import type { RunEvent } from '../contract/events.js'
import type { BisectEvent } from '../contract/bisect-events.js'
import type { MutantEvent } from '../contract/mutant-events.js'
import { Digest } from './digest.js'
import { isWholeRun } from './whole-run.js'

/** Where a project keeps its records, one folder a run; `latest` points to the newest. */
export const recordsOf = ({ state }: { readonly state: string }): string => `${state}/runs`

/** Where a project keeps the consoles of shells whose machine was lost, a folder each. */
export const shellsOf = ({ state }: { readonly state: string }): string => `${state}/shells`

/** Names a run, and its record: when it began, and what tells it from one of the same second. */
export const runName = (now: Date): string =>
  `${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`

/** Lets `latest` point to this run. */
export function becomeLatest(folder: string, run: string): void {
  const link = `${folder}/.latest-${run}-${randomBytes(3).toString('hex')}`
  symlinkSync(run, link)
  renameSync(link, `${folder}/latest`)
}

/**
 * The record of one run: `events.jsonl`, appended as things happen, so that what was known when a run was
 * cut off is there; `run.json`, what the run was and came to; and a folder a job with its TAP, console, kernel log
 * and findings. README.md beside this file tells every field.
 */
export class Record {
  readonly run: string
  readonly folder: string
  readonly #events: string
  readonly #digest = new Digest()

  private constructor(folder: string, run: string) {
    this.run = run
    this.folder = `${folder}/${run}`
    this.#events = `${this.folder}/events.jsonl`
  }

  /** @param isLatest whether `latest` points to it from now on */
  static create(folder: string, now = new Date(), isLatest = true): Record {
    const record = new Record(folder, runName(now))
    mkdirSync(record.folder, { recursive: true })
    if (isLatest) becomeLatest(folder, record.run)
    return record
  }

  /** The record of a run that goes on; what it holds was read by the caller. */
  static reopen(path: string, events: readonly RunEvent[]): Record {
    const [, folder = '', run = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? []
    const record = new Record(folder, run)
    for (const event of events) record.#digest.take(event)
    // The line that the run was cut off in: what follows must not grow onto it.
    appendFileSync(record.#events, '\n')
    const [start] = events
    if (start?.type === 'run-start' && isWholeRun(start.request)) becomeLatest(folder, run)
    return record
  }

  append(event: RunEvent | MutantEvent | BisectEvent): void {
    appendFileSync(this.#events, `${JSON.stringify(event)}\n`)
    if (this.#digest.take(event)) this.#writeDigest()
  }

  /** Makes the folder of one job. */
  job(id: string): string {
    const folder = `${this.folder}/jobs/${id}`
    mkdirSync(folder, { recursive: true })
    return folder
  }

  #writeDigest(): void {
    const file = `${this.folder}/run.json`
    writeFileSync(`${file}.partial`, `${JSON.stringify(this.#digest.value, undefined, 2)}\n`)
    renameSync(`${file}.partial`, file)
  }
}
