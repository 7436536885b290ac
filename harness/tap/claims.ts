import { clip } from '../platform/text/text.js'
import { bare } from './bare.js'
import type { Level } from './level.js'
import { type Totals, uncounted } from './totals.js'

/** What programs say if they failed: Test::More, kselftest_harness.h, KUnit, Node, Automake. */
const FAILED = new RegExp(
  [
    'Looks like you failed .*',
    'Looks like your test (?:exited|died) .*',
    String.raw`FAILED: \d+ / \d+ tests passed.*`,
    String.raw`\S+: (?:EXPECTATION|ASSERTION) FAILED at .*`,
    String.raw`(?:fail|FAIL:|Tests failed:) +[1-9]\d*`,
    String.raw`failed [1-9]\d* among .*`,
  ]
    .map(each => `^${each}$`)
    .join('|'),
)
/** Where the plan is lost. Without one, kselftest.h says "(0 != 2)". */
const UNMET_PLAN = /^(?:Planned tests != run tests \([1-9]|Looks like you planned ).*$/

/** What a program says of its tests as a whole, beside their test points. */
export class Claims {
  #totals: Totals | undefined
  /** Failures that it counted, of tests that are not known. */
  #failures = 0
  #failure: string | undefined
  #unmetPlan: string | undefined

  /** Takes counts that belong to no open subtest. */
  count(totals: Totals): void {
    if (totals.isOfSuite || this.#totals !== undefined)
      this.#failures = Math.max(this.#failures, totals.failures)
    else this.#totals = totals
  }

  /** @param comment that may say of a failure */
  say(comment: string): void {
    const text = bare(comment).replace(/^[#\s]+/, '')
    this.#failure ??= FAILED.exec(text)?.[0]
    this.#unmetPlan ??= UNMET_PLAN.exec(text)?.[0]
  }

  /** Adds what the tests of the whole stream lack; counts that agree serve as its plan. */
  check(top: Level): void {
    if (this.#totals !== undefined && top.checkTotals(this.#totals)) top.ktap = true
    const { failures, problems } = top
    if (this.#failures > failures) problems.push(uncounted(this.#failures, failures))
    const said = this.#failure ?? (top.plan === undefined ? this.#unmetPlan : undefined)
    if (said !== undefined && failures === 0 && problems.length === 0)
      problems.push(`it says "${clip(said, 200)}", and no test failed`)
  }
}
