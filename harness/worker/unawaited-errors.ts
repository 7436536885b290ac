import type { Problem } from '../contract/events.js'
import { problemAfter } from '../verdict/index.js'
import type { LateFindings } from './late-findings.js'

/**
 * Errors of one test that its body did not await: failed assertions, uses of the guest, and what
 * its timers throw after its end. Until the verdict they fail the test; then the suite's end.
 */
export class UnawaitedErrors {
  readonly #test: string
  readonly #problems: Problem[]
  readonly #late: LateFindings
  #hasReturned = false
  #isJudged = false

  /** @param problems of the test, before the verdict on it */
  constructor(test: string, problems: Problem[], late: LateFindings) {
    this.#test = test
    this.#problems = problems
    this.#late = late
  }

  /** Called when the body ends by itself: one that was cut off goes on, and is not to blame. */
  bodyReturned(): void {
    this.#hasReturned = true
  }

  /** Called with the verdict. */
  judged(): void {
    this.#isJudged = true
  }

  add(problem: Problem): void {
    if (!this.#hasReturned) return
    if (this.#isJudged) this.#late.add(problem)
    else this.#problems.push(problem)
  }

  addAfterEnd(error: unknown): void {
    this.add(problemAfter(this.#test, error))
  }

  /** Told by StrayErrors. @returns false before the verdict: the running test is to fail */
  takeIfLate(error: unknown): boolean {
    if (this.#isJudged) this.addAfterEnd(error)
    return this.#isJudged
  }
}
