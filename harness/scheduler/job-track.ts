import {
  count,
  noCounts,
  type Counts,
  type Problem,
  type RunEvent,
  type TestEnd,
} from '../contract/events.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import type { Late } from '../contract/late.js'
import { missOf } from '../record/misses.js'
import { lateProblems, verdictOfProblems } from '../verdict/index.js'

/**
 * Follows one job's events, so that every planned test ends with exactly one result, even if the
 * worker dies: a lost test never passes.
 */
export class JobTrack {
  readonly #job: string
  readonly #emit: (event: RunEvent) => void
  readonly #since = performance.now()
  /** Tests without a result, in order; undefined before the job has reported its tests. */
  #open: Set<string> | undefined
  /** How often a worker died while this test ran and had no result yet. */
  readonly #lostTries = new Map<string, number>()
  readonly #passed: string[] = []
  #ended = 0
  /** Time that it waited for its turn after it was idle. */
  waitedMs = 0
  /** Late findings, reported even if the suite's end is never reached. */
  readonly late: Late[] = []
  #running: string | undefined
  #counts: Counts = noCounts

  constructor(job: string, emit: (event: RunEvent) => void) {
    this.#job = job
    this.#emit = emit
  }

  get running(): string | undefined {
    return this.#running
  }

  /** Tests without a result, in order; undefined before the job has reported its tests. */
  get remaining(): readonly string[] | undefined {
    return this.#open && [...this.#open]
  }

  /** Number of tests that have a result. */
  get ended(): number {
    return this.#ended
  }

  /** Tests that passed, in the order in which they ended. */
  get passed(): readonly string[] {
    return [...this.#passed]
  }

  take(event: RunEvent): void {
    if (event.type === 'job-start') {
      // A second worker continues the job: it is not a new start.
      if (this.#open !== undefined) return
      this.#open = new Set(event.tests)
    }
    if (event.type === 'test-start') this.#running = event.test
    if (event.type !== 'test-end') this.#emit(event)
    else {
      const lost = this.#lostTries.get(event.test) ?? 0
      this.#end(lost > 0 ? { ...event, attempt: event.attempt + lost } : event)
    }
  }

  note(text: string): void {
    this.#emit({ type: 'note', job: this.#job, text })
  }

  /** Closes the job; tests without a result are missed, with this reason. */
  end(reason: string): void {
    const late = lateProblems(this.late)
    for (const test of this.#open ?? []) {
      if (test !== SUITE_END || late.length === 0) this.#end(missOf(this.#job, test, reason))
      else this.#close(test, late, { reason })
    }
    this.#emit({
      type: 'job-end',
      job: this.#job,
      durationMs: Math.round(performance.now() - this.#since - this.waitedMs),
      counts: this.#counts,
    })
  }

  /** Closes an interrupted job: its whole file is missed if it has not reported its tests. */
  interrupted(reason: string): void {
    if (this.#open === undefined) this.#end(missOf(this.#job, WHOLE_FILE, reason))
    this.end(reason)
  }

  /** Blames the running test, or the file, for the job's early end, and closes the job. */
  lost(problem: Problem): void {
    this.charge(problem)
    this.end(problem.message)
  }

  /** Blames the running test, or the file, for the worker's death. */
  charge(problem: Problem): void {
    this.#close(this.#running ?? WHOLE_FILE, [problem])
  }

  /** The running test is retried: the worker did not die by it. @returns how often it was lost */
  lostTry(): number {
    const name = this.#running ?? WHOLE_FILE
    const times = (this.#lostTries.get(name) ?? 0) + 1
    this.#lostTries.set(name, times)
    return times
  }

  /** Ends a test that has no result of its own. */
  #close(
    test: string,
    found: readonly Problem[],
    why: Pick<Partial<TestEnd>, 'reason'> = {},
  ): void {
    const { status, problems } = verdictOfProblems(found)
    this.#end({
      type: 'test-end',
      job: this.#job,
      test,
      status,
      problems,
      // This is the last of the lost tries.
      attempt: Math.max(1, this.#lostTries.get(test) ?? 0),
      durationMs: 0,
      findings: [],
      ...why,
    })
  }

  #end(event: TestEnd): void {
    this.#running = undefined
    this.#open?.delete(event.test)
    this.#ended += 1
    if (event.status === 'pass') this.#passed.push(event.test)
    this.#counts = count(this.#counts, event.status, event.flaky !== undefined)
    this.#emit(event)
  }
}
