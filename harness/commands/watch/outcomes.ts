import type { RunEvent } from '../../contract/events.js'
import type { SuiteFile } from '../../plan/suite-files.js'

/** Results of a watch's suites so far. */
export class Outcomes {
  readonly #failed = new Set<string>()
  readonly #unfinished = new Set<string>()

  /** Suites that did not pass in their last run. */
  get failed(): ReadonlySet<string> {
    return this.#failed
  }

  /** Suites whose last run was interrupted or never started. */
  get unfinished(): ReadonlySet<string> {
    return this.#unfinished
  }

  /** Starts a run of these suites. */
  begin(suites: readonly SuiteFile[]): void {
    for (const { name } of suites) this.#unfinished.add(name)
  }

  /** Handles an event of that run, unless the sources have changed since. */
  take(event: RunEvent): void {
    if (event.type === 'build-failed') {
      for (const name of this.#unfinished) this.#end(name, event.status === 'xfail')
      return
    }
    if (event.type !== 'job-end') return
    const suite = event.job.slice(event.job.indexOf('/') + 1)
    const { fail, error, miss } = event.counts
    this.#end(suite, fail + error + miss === 0)
  }

  #end(suite: string, isGood: boolean): void {
    this.#unfinished.delete(suite)
    if (isGood) this.#failed.delete(suite)
    else this.#failed.add(suite)
  }
}
