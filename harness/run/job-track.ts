import {
  count,
  noCounts,
  type Counts,
  type Problem,
  type RunEvent,
  type Status,
} from '../events.js'
import { WHOLE_FILE } from '../test-names.js'

/**
 * Follows one job's events, so that whatever becomes of its worker, every planned test ends with exactly one
 * result: lost is never passed.
 */
export class JobTrack {
  readonly #job: string
  readonly #emit: (event: RunEvent) => void
  readonly #since = performance.now()
  readonly #open = new Set<string>()
  /** How often a test's worker died under it before it had a result. */
  readonly #lostTries = new Map<string, number>()
  #begun = false
  #running: string | undefined
  #counts: Counts = noCounts

  constructor(job: string, emit: (event: RunEvent) => void) {
    this.#job = job
    this.#emit = emit
  }

  get counts(): Counts {
    return this.#counts
  }

  get running(): string | undefined {
    return this.#running
  }

  /** Tests without a result yet, in their order. */
  get left(): readonly string[] {
    return [...this.#open]
  }

  /** Passes an event of the job on and remembers what it says. */
  take(given: RunEvent): void {
    let event = given
    if (event.type === 'job-start') {
      // A second worker that goes on with the rest begins nothing.
      if (this.#begun) return
      this.#begun = true
      for (const test of event.tests) this.#open.add(test)
    }
    if (event.type === 'test-start') this.#running = event.test
    if (event.type === 'test-end') {
      const lost = this.#lostTries.get(event.test) ?? 0
      if (lost > 0) event = { ...event, attempt: event.attempt + lost }
      this.#running = undefined
      this.#open.delete(event.test)
      this.#counts = count(this.#counts, event.status, event.flaky !== undefined)
    }
    this.#emit(event)
  }

  /** Closes the job; tests that have no result yet become `miss`, for this reason. */
  end(missed: string): void {
    for (const test of this.#open) this.#result(test, 'miss', { reason: missed })
    this.#emit({
      type: 'job-end',
      job: this.#job,
      durationMs: performance.now() - this.#since,
      counts: this.#counts,
    })
  }

  /** Closes a job that was interrupted, perhaps before it had told its tests: then it is not one without any. */
  interrupted(): void {
    if (this.#begun) this.end('not run: the run was interrupted')
    else this.missed('the run was interrupted')
  }

  /** Closes a job that never began. */
  missed(reason: string): void {
    this.#result(WHOLE_FILE, 'miss', { reason })
    this.end(reason)
  }

  /** Charges what ended the job early to the test that was running, or to the file, and closes the job. */
  lost(status: 'fail' | 'error', problem: Problem): void {
    this.charge(status, problem)
    this.end(`not run: ${problem.message}`)
  }

  /** Charges what a worker went down with to the test that was running, or to the file. */
  charge(status: 'fail' | 'error', problem: Problem): void {
    this.#result(this.#running ?? WHOLE_FILE, status, { problem })
  }

  /** The worker died, and not by the test that was running: that will be tried again. @returns how often it was lost */
  lostTry(): number {
    const name = this.#running ?? WHOLE_FILE
    const times = (this.#lostTries.get(name) ?? 0) + 1
    this.#lostTries.set(name, times)
    return times
  }

  #result(test: string, status: Status, why: { reason?: string; problem?: Problem }): void {
    this.take({
      type: 'test-end',
      job: this.#job,
      test,
      status,
      attempt: 1,
      durationMs: 0,
      problems: why.problem === undefined ? [] : [why.problem],
      findings: [],
      ...(why.reason === undefined ? {} : { reason: why.reason }),
    })
  }
}
