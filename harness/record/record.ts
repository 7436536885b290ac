import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import type { RunEvent } from '../contract/events.js'
import type { BisectEvent } from '../contract/bisect-events.js'
import type { MutantEvent } from '../contract/mutant-events.js'
import { RunJson } from './run-json.js'
import { isWholeRun } from './whole-run.js'

/** The folder of a project's records, one folder for each run; `latest` links to the newest. */
export const recordsOf = ({ state }: { readonly state: string }): string => `${state}/runs`

/** Consoles of shells whose machine was lost, a folder for each. */
export const shellsOf = ({ state }: { readonly state: string }): string => `${state}/shells`

/** The name of a run and its record: its start, and a suffix that makes it unique. */
export const runName = (now: Date): string =>
  `${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`

/** Makes `latest` link to this run. */
export function becomeLatest(folder: string, run: string): void {
  const link = `${folder}/.latest-${run}-${randomBytes(3).toString('hex')}`
  symlinkSync(run, link)
  renameSync(link, `${folder}/latest`)
}

/**
 * The record of one run: `events.jsonl`, appended as things happen, so that it survives a run that
 * was cut off; `run.json`, what the run was and its result; and a folder for each job with its TAP,
 * console, kernel log and findings. README.md beside this file describes every field.
 */
export class RunRecord {
  readonly run: string
  readonly folder: string
  readonly #events: string
  readonly #runJson = new RunJson()

  private constructor(folder: string, run: string) {
    this.run = run
    this.folder = `${folder}/${run}`
    this.#events = `${this.folder}/events.jsonl`
  }

  /** @param isLatest whether `latest` then links to it */
  static create(folder: string, now = new Date(), isLatest = true): RunRecord {
    const record = new RunRecord(folder, runName(now))
    mkdirSync(record.folder, { recursive: true })
    if (isLatest) becomeLatest(folder, record.run)
    return record
  }

  /** Opens the record of a run that is resumed. @param events read from it */
  static reopen(path: string, events: readonly RunEvent[]): RunRecord {
    const [, folder = '', run = ''] = /^(.*)\/([^/]+)$/.exec(path) ?? []
    const record = new RunRecord(folder, run)
    for (const event of events) record.#runJson.take(event)
    // Ends a line that was cut off, so that the next event does not continue it.
    appendFileSync(record.#events, '\n')
    const [start] = events
    if (start?.type === 'run-start' && isWholeRun(start.request)) becomeLatest(folder, run)
    return record
  }

  append(event: RunEvent | MutantEvent | BisectEvent): void {
    appendFileSync(this.#events, `${JSON.stringify(event)}\n`)
    if (this.#runJson.take(event)) this.#writeRunJson()
  }

  makeJobFolder(id: string): string {
    const folder = `${this.folder}/jobs/${id}`
    mkdirSync(folder, { recursive: true })
    return folder
  }

  #writeRunJson(): void {
    const file = `${this.folder}/run.json`
    writeFileSync(`${file}.partial`, `${JSON.stringify(this.#runJson.value, undefined, 2)}\n`)
    renameSync(`${file}.partial`, file)
  }
}
