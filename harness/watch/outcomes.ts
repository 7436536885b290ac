import type { RunEvent } from '../events.js'
import type { SuiteFile } from '../run/plan.js'

/** What the runs of a watch have shown of its suites until now. */
export class Outcomes {
  readonly #failed = new Set<string>()
  readonly #unfinished = new Set<string>()

  /** Names of the suites that did not pass the last time they ran. */
  get failed(): ReadonlySet<string> {
    return this.#failed
  }

  /** Names of the suites whose last run was cut off, or did not reach them. */
  get unfinished(): ReadonlySet<string> {
    return this.#unfinished
  }

  /** A run of these suites begins. */
  begin(suites: readonly SuiteFile[]): void {
    for (const { name } of suites) this.#unfinished.add(name)
  }

  /** Takes an event of that run, while it is of the sources as they are. */
  take(event: RunEvent): void {
    if (event.type === 'build-failed') {
      for (const name of this.#unfinished) this.#failed.add(name)
      this.#unfinished.clear()
    }
    if (event.type !== 'job-end') return
    const suite = event.job.slice(event.job.indexOf('/') + 1)
    const { fail, error, miss } = event.counts
    this.#unfinished.delete(suite)
    if (fail + error + miss > 0) this.#failed.add(suite)
    else this.#failed.delete(suite)
  }
}
