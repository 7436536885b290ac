import type { PointLine } from './line.js'
import { missingOf, type Totals } from './totals.js'

/** A test point without a subtest, or that contradicts its subtest; or a problem of a subtest. */
export interface TapPoint {
  /** Names of the enclosing subtests, outermost first. */
  readonly path: readonly string[]
  readonly name: string
  readonly number: number | undefined
  /** Whether its line begins with `ok`. */
  readonly ok: boolean
  /** `todo`: an expected failure (`# TODO`, KTAP's `# XFAIL`), even if the test passed. */
  readonly outcome: 'pass' | 'fail' | 'skip' | 'todo'
  /** Text of its directive, or what is wrong. */
  readonly reason: string
  /** If it failed: comments and text before it and YAML after it; bounded. */
  readonly detail: string
}

interface Plan {
  readonly start: number
  readonly end: number
  readonly comment: string
}

/** A subtest, or the whole stream: its plan and results. */
export class Level {
  /** In spaces. */
  readonly indent: number
  /** Whether it is KTAP, where the plan is optional. */
  ktap: boolean
  name: string | undefined
  /** Name of the next subtest. */
  nextName: string | undefined
  plan: Plan | undefined
  isInComments = false
  /** Whether it has a version, the program's counts or its "Bail out!". */
  isDeclared = false
  /** Test points of its own level; a subtest counts as the one that ends it. */
  count = 0
  readonly points: TapPoint[] = []
  readonly problems: string[] = []
  readonly #seen = new Set<number>()
  #isClosed = false
  #hasUnnumbered = false
  /** Tests of all depths, and those of them that failed. */
  #tests = 0
  #failures = 0
  /** Failed test points of its own level. */
  #ownFailures = 0

  constructor(indent: number, ktap: boolean, name: string | undefined) {
    this.indent = indent
    this.ktap = ktap
    this.name = name
  }

  get isFresh(): boolean {
    return this.count === 0 && this.plan === undefined
  }

  /** Whether it may be prose, such as "# ok 5 of them" or "# 1..3". */
  get isProse(): boolean {
    const hasPlan = this.plan !== undefined && this.count > 0
    return this.isInComments && !this.isDeclared && !hasPlan
  }

  /** Its problems; of what may be prose, only failures count. */
  get complaints(): readonly string[] {
    return this.isProse ? [] : this.problems
  }

  get ok(): boolean {
    return this.complaints.length === 0 && this.points.every(({ outcome }) => outcome !== 'fail')
  }

  /** Its tests that failed, of any depth. */
  get failures(): number {
    return this.#failures
  }

  take({ number }: PointLine): void {
    this.count += 1
    if (this.#isClosed) this.problems.push(`a test point after the plan: ${number ?? this.count}`)
    if (number === undefined) {
      this.#hasUnnumbered = true
      return
    }
    if (this.#seen.has(number)) this.problems.push(`test point ${number} appears twice`)
    this.#seen.add(number)
    this.#checkNumber(number)
  }

  setPlan(start: number, end: number, comment: string): void {
    if (this.plan !== undefined) {
      this.problems.push(`a second plan: ${start}..${end}`)
      return
    }
    this.plan = { start, end, comment }
    this.#isClosed = this.count > 0
    for (const number of this.#seen) this.#checkNumber(number)
  }

  /** Counts one of its tests, of any depth. */
  tally({ outcome, path }: TapPoint): void {
    this.#tests += 1
    if (outcome !== 'fail') return
    this.#failures += 1
    if (path.length === 0) this.#ownFailures += 1
  }

  /**
   * Compares its tests with the program's own counts; KUnit counts tests of all depths.
   * @returns whether they agree
   */
  checkTotals(totals: Totals): boolean {
    const own = missingOf(totals, this.count, this.#ownFailures)
    const missing =
      own.length > 0 && totals.isKunit ? missingOf(totals, this.#tests, this.#failures) : own
    if (missing.length > 0)
      this.problems.push(...(totals.isOfSuite || this.indent === 0 ? own : missing))
    return missing.length === 0
  }

  /**
   * Ends the level and reports what is missing.
   * @param skipsRest whether a plan that was not met to its end is no problem
   * @returns how many tests of such a plan did not come
   */
  finish(skipsRest = false): number {
    if (this.plan === undefined) {
      if (!this.ktap) this.problems.push('no plan: how many tests there should be is not known')
      const highest = [...this.#seen].reduce((most, each) => Math.max(most, each), 0)
      if (highest > this.count)
        this.problems.push(`test point ${highest} is there, and ${this.count} came`)
      return 0
    }
    const { start, end } = this.plan
    // Only `1..0` is an empty plan.
    const planned = start === 1 && end === 0 ? 0 : end - start + 1
    if (skipsRest && this.count < planned) return planned - this.count
    if (this.count !== planned)
      this.problems.push(`a plan of ${planned} tests, and ${this.count} came`)
    // Test points without a number are numbered from 1.
    else if (this.#hasUnnumbered && start !== 1)
      this.problems.push(`test points without a number are not in the plan ${start}..${end}`)
    return 0
  }

  #checkNumber(number: number): void {
    if (this.plan === undefined) return
    const { start, end } = this.plan
    if (number < start || number > end)
      this.problems.push(`test point ${number} is not in the plan ${start}..${end}`)
  }
}
