import type { FindingReport, Problem } from './events.js'

/**
 * - `killed`: the named catcher fired, or one at least as good;
 * - `survived`: every test that should catch it passed;
 * - `unrelated`: tests failed, without evidence that the change is the cause;
 * - `error`: it does not apply, build or load, or the harness failed;
 * - `miss`: the run ended before its turn.
 */
export type MutantOutcome = 'killed' | 'survived' | 'unrelated' | 'error' | 'miss'

/** The result of one planted bug. */
export interface MutantResult {
  readonly mutant: string
  readonly outcome: MutantOutcome
  /** What the change breaks. */
  readonly breaks: string
  readonly flavour?: string
  /** Of its tests, from boot to verdict; in milliseconds. */
  readonly durationMs: number
  /** The suite and the test that killed it, or failed for another reason. */
  readonly suite?: string
  readonly test?: string
  readonly finding?: FindingReport
  /** Another catcher than the named one fired, and is as good. */
  readonly instead?: boolean
  /** Promises with a failed test, among the tests that ran. */
  readonly promises: readonly string[]
  /** Why it is in error, or not run. */
  readonly problem?: Problem
}

/** Which mutants test which promises. */
export interface MutantMap {
  /** Whether all of the module's mutants ran; `untested` is only reliable then. */
  readonly allMutants: boolean
  /** Whether all tests of all suites ran on each mutant; else further promises may catch it. */
  readonly complete: boolean
  /** Every promise that a test's name begins with, and the mutants that its tests caught. */
  readonly promises: Readonly<Record<string, readonly string[]>>
  /** Promises whose tests caught no mutant. */
  readonly untested: readonly string[]
  /** Promises of `untested` that no change of the module can break: promise → why. */
  readonly unbreakable: Readonly<Record<string, string>>
  /** Promises listed as unbreakable that nevertheless caught a mutant. */
  readonly broken: readonly string[]
  /** Mutants that only one promise's tests caught: mutant → promise. */
  readonly onlyOne: Readonly<Record<string, string>>
}

export type MutantEvent =
  ({ readonly type: 'mutant-end' } & MutantResult) | ({ readonly type: 'mutant-map' } & MutantMap)
