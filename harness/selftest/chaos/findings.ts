import type { TestEnd } from '../../contract/events.js'
import type { Check } from '../../contract/chaos-result.js'
import { EXIT } from '../../platform/errors.js'
import type { RunView } from '../../record/view.js'
import { compareResults, exitStatusOf, type Expected } from './expected.js'

const LAST_WORDS_CHARACTERS = 1000

/** A finished `modprove`. */
export interface Ended {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** The last 4 MiB of standard output and error. */
  readonly output: string
  /** Undefined if it made no record. */
  readonly folder: string | undefined
  readonly view: RunView | undefined
  /** Every test's result. */
  readonly results: readonly TestEnd[]
}

/** What was seen of a fault, and whether it is as expected. */
export class Findings {
  readonly checks: Check[] = []
  /** Observed facts, one sentence each. */
  readonly happened: string[] = []

  /** Records a check. */
  check(what: string, ok: boolean, seen = ''): void {
    this.checks.push({ what, ok, seen })
  }

  /** Records an observation for the user. */
  tell(fact: string): void {
    this.happened.push(fact)
  }

  /** Checks that a text has the expected words. */
  match(what: string, text: string, words: RegExp): void {
    this.check(what, words.test(text), text)
  }

  /** Checks a run's exit status. */
  exits(ended: Ended, status: number, what = ''): void {
    this.check(`${what}exit status ${status}`, ended.exitCode === status, howItEnded(ended))
  }

  /**
   * Checks that the run's results are exactly these, so that nothing lost passes, and all else is
   * kept; and, unless it was interrupted, that its exit status is theirs.
   */
  expect(ended: Ended, expected: Expected): void {
    this.checks.push(...compareResults(ended.results, expected))
    const wasInterrupted = ended.signal !== undefined || ended.exitCode === EXIT.interrupted
    if (!wasInterrupted) this.exits(ended, exitStatusOf(expected))
  }

  /** Finds a test's result by part of its name. */
  result(ended: Ended, suite: string, part: string): TestEnd | undefined {
    return ended.results.find(({ job, test }) => job.endsWith(`/${suite}`) && test.includes(part))
  }

  /** What the problems of a test's result say, found as {@link result} does. */
  said(ended: Ended, suite: string, part: string): string {
    const { problems = [] } = this.result(ended, suite, part) ?? {}
    return problems.map(({ message }) => message).join('; ')
  }
}

/** A run's exit status, or the signal that ended it, and its last words. */
export const howItEnded = ({ exitCode, signal, output }: Ended): string =>
  `${signal ?? exitCode}: ${output.slice(-LAST_WORDS_CHARACTERS)}`
