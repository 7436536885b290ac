import { appendFileSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import type { RunEvent } from '../events.js'
import type { MutantEvent } from '../mutant-events.js'
import { checkoutRoot } from '../paths.js'

/** Where records are kept, one folder a run; `latest` points to the newest. */
export const recordsFolder = `${checkoutRoot}/.modprove/runs`

/**
 * The record of one run: `events.jsonl`, appended as things happen, so that what was known when a run was
 * cut off is there; and a folder a job with its TAP, console and kernel log.
 */
export class Record {
  readonly run: string
  readonly folder: string
  readonly #events: string

  constructor(now = new Date(), folder = recordsFolder) {
    const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
    this.run = `${time}-${randomBytes(3).toString('hex')}`
    this.folder = `${folder}/${this.run}`
    this.#events = `${this.folder}/events.jsonl`
    mkdirSync(this.folder, { recursive: true })
    const link = `${folder}/.latest-${this.run}`
    symlinkSync(this.run, link)
    renameSync(link, `${folder}/latest`)
  }

  append(event: RunEvent | MutantEvent): void {
    appendFileSync(this.#events, `${JSON.stringify(event)}\n`)
  }

  /** Makes the folder of one job. */
  job(id: string): string {
    const folder = `${this.folder}/jobs/${id}`
    mkdirSync(folder, { recursive: true })
    return folder
  }
}
