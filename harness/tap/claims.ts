import { clip } from '../platform/text/text.js'
import { bare } from './bare.js'
import type { Level } from './level.js'
import { type Totals, uncounted } from './totals.js'

/**
 * What programs say at their end if they failed: Test::More, kselftest.h, its harness, KUnit.
 * Without a plan, kselftest.h says "Planned tests != run tests (0 != 2)".
 */
const FAILED =
  /^(?:Looks like (?:you (?:failed|planned)|your test (?:exited|died)) .*|FAILED: \d+ \/ \d+ tests passed.*|Planned tests != run tests \([1-9].*|\S+: (?:EXPECTATION|ASSERTION) FAILED at .*)$/

/** What a program says of its tests as a whole, beside their test points. */
export class Claims {
  #totals: Totals | undefined
  /** Failures that it counted, of tests that are not known. */
  #failures = 0
  #saidFailure: string | undefined

  /** Takes counts that belong to no open subtest. */
  count(totals: Totals): void {
    if (totals.isOfSuite || this.#totals !== undefined)
      this.#failures = Math.max(this.#failures, totals.failures)
    else this.#totals = totals
  }

  /** @param comment that may say of a failure */
  say(comment: string): void {
    this.#saidFailure ??= FAILED.exec(bare(comment).replace(/^[#\s]+/, ''))?.[0]
  }

  /** Adds what the tests of the whole stream lack; counts that agree serve as its plan. */
  check(top: Level): void {
    if (this.#totals !== undefined && top.checkTotals(this.#totals)) top.ktap = true
    const { failures, problems } = top
    if (this.#failures > failures) problems.push(uncounted(this.#failures, failures))
    if (this.#saidFailure !== undefined && failures === 0 && problems.length === 0)
      problems.push(`it says "${clip(this.#saidFailure, 200)}", and no test failed`)
  }
}
