import type { RunEvent } from '../../contract/events.js'
import type { Plan } from '../../contract/plan.js'
import { readClosed } from '../../record/closed-record.js'
import { columnName } from '../../record/run-progress.js'

/** Reports shards as they come, as if one run had made them. */
export class LiveShards {
  readonly #plan: Plan
  readonly #folder: string
  readonly #report: (event: RunEvent) => void
  /** Jobs and columns that were reported. */
  readonly #told = new Set<string>()
  #begun = false

  /** @param folder of the merged record that they will be */
  constructor(plan: Plan, folder: string, report: (event: RunEvent) => void) {
    this.#plan = plan
    this.#folder = folder
    this.#report = report
  }

  /** Reports the jobs of a record. @param isWhole whether it is the merged one, with the rest */
  async take(folder: string, isWhole = false): Promise<void> {
    const now = new Set<string>()
    for await (const { event } of (await readClosed(folder)).events()) {
      if (event.type === 'run-start') this.#begin({ ...event, folder: this.#folder })
      else if (event.type === 'plan') continue
      else if ('job' in event) this.#tellOnce(event, event.job, now)
      else if (event.type === 'column') this.#tellOnce(event, columnName(event), now)
      else if (isWhole) this.#report(event)
    }
  }

  #begin(start: RunEvent): void {
    if (this.#begun) return
    this.#begun = true
    this.#report(start)
    this.#report({ type: 'plan', jobs: this.#plan.jobs.map(({ ref }) => ref) })
  }

  /** @param now what this record is the first to tell */
  #tellOnce(event: RunEvent, name: string, now: Set<string>): void {
    if (this.#told.has(name) && !now.has(name)) return
    this.#told.add(name)
    now.add(name)
    this.#report(event)
  }
}
