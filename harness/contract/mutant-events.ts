import type { FindingReport, Problem } from './events.js'

/**
 * - `killed`: the named catcher fired, or a better one;
 * - `survived`: every test that should catch it passed;
 * - `unrelated`: tests failed, and nothing ties their failures to the change;
 * - `error`: nothing is known of it: it does not apply, build or load, or the harness failed;
 * - `miss`: the run ended before its turn.
 */
export type MutantOutcome = 'killed' | 'survived' | 'unrelated' | 'error' | 'miss'

/** What became of one planted bug. */
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
  /** Not the named catcher fired, but one that is as good. */
  readonly instead?: boolean
  /** Promises whose tests failed, as far as tests ran. */
  readonly promises: readonly string[]
  /** Why it is in error, or not run. */
  readonly problem?: Problem
}

/** Which promises are tested by which mutants. */
export interface MutantMap {
  /** Whether all of the module's mutants ran; else `untested` says little. */
  readonly allMutants: boolean
  /** Whether every test of every suite ran on each mutant; else there may be more catchers than these. */
  readonly complete: boolean
  /** Every promise that a test's name begins with, and the mutants that its tests caught. */
  readonly promises: Readonly<Record<string, readonly string[]>>
  /** Promises of which no test caught a mutant. */
  readonly untested: readonly string[]
  /** Those of `untested` that no change of the module can break: promise → why. */
  readonly unbreakable: Readonly<Record<string, string>>
  /** Promises that are said to be so, and caught a mutant all the same. */
  readonly broken: readonly string[]
  /** Mutants that tests of one promise alone caught: mutant → promise. */
  readonly onlyOne: Readonly<Record<string, string>>
}

export type MutantEvent =
  ({ readonly type: 'mutant-end' } & MutantResult) | ({ readonly type: 'mutant-map' } & MutantMap)
