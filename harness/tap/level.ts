import type { PointLine } from './line.js'
import { missingOf, type Tally, type Totals } from './totals.js'

/** A test point without a subtest, or whose subtest says something else than it does; or a complaint about a subtest. */
export interface TapPoint {
  /** Names of the subtests around it, the outermost first. */
  readonly path: readonly string[]
  readonly name: string
  readonly number: number | undefined
  /** As its line says. */
  readonly ok: boolean
  /** `todo` is a failure that is expected (`# TODO`, KTAP's `# XFAIL`), whichever way it went. */
  readonly outcome: 'pass' | 'fail' | 'skip' | 'todo'
  /** Of its directive, or what is wrong. */
  readonly reason: string
  /** Of one that failed: comments and text before it, and YAML after it; bounded. */
  readonly detail: string
}

interface Plan {
  readonly start: number
  readonly end: number
  readonly comment: string
}

/** A subtest, or the whole stream: its plan, and what became of it. */
export class Level {
  /** In spaces. */
  readonly indent: number
  /** Of KTAP, where a plan may be missing. */
  ktap: boolean
  name: string | undefined
  /** How the next subtest is called. */
  nextName: string | undefined
  plan: Plan | undefined
  /** Lines of its own; a subtest counts as the line that ends it. */
  count = 0
  readonly points: TapPoint[] = []
  readonly problems: string[] = []
  readonly #seen = new Set<number>()
  #isClosed = false
  #hasUnnumbered = false

  constructor(indent: number, ktap: boolean, name: string | undefined) {
    this.indent = indent
    this.ktap = ktap
    this.name = name
  }

  get isFresh(): boolean {
    return this.count === 0 && this.plan === undefined
  }

  get ok(): boolean {
    return this.problems.length === 0 && this.points.every(({ outcome }) => outcome !== 'fail')
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

  /** Holds the tests of this subtest against what KUnit counted itself. */
  hold(totals: Totals): void {
    const leaves = this.points.reduce(tallied, { count: 0, failures: 0 })
    const failures = this.points.filter(
      ({ outcome, path }) => outcome === 'fail' && path.length === 0,
    )
    const own = missingOf(totals, { count: this.count, failures: failures.length })
    if (own.length === 0) return
    const missing = missingOf(totals, leaves)
    if (missing.length > 0) this.problems.push(...(totals.isOfSuite ? own : missing))
  }

  /** Says what is missing; nothing more comes. */
  finish(): void {
    if (this.plan === undefined) {
      if (!this.ktap) this.problems.push('no plan: how many tests there should be is not known')
      const highest = [...this.#seen].reduce((most, each) => Math.max(most, each), 0)
      if (highest > this.count)
        this.problems.push(`test point ${highest} is there, and ${this.count} came`)
      return
    }
    const { start, end } = this.plan
    // `1..0` alone says that there are none.
    const planned = start === 1 && end === 0 ? 0 : end - start + 1
    if (this.count !== planned)
      this.problems.push(`a plan of ${planned} tests, and ${this.count} came`)
    // Test points without a number are counted from 1.
    else if (this.#hasUnnumbered && start !== 1)
      this.problems.push(`test points without a number are not in the plan ${start}..${end}`)
  }

  #checkNumber(number: number): void {
    if (this.plan === undefined) return
    const { start, end } = this.plan
    if (number < start || number > end)
      this.problems.push(`test point ${number} is not in the plan ${start}..${end}`)
  }
}

/** One more test that came. */
export const tallied = (tally: Tally, { outcome }: TapPoint): Tally => ({
  count: tally.count + 1,
  failures: tally.failures + (outcome === 'fail' ? 1 : 0),
})
