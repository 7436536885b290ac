import type { Random } from './random.js'

/** One input for a reader. */
export interface FuzzCase {
  /** The bytes as they would come. */
  readonly input: Buffer
  /** Why this cannot pass, or cannot be free of findings, where the way it was made is proof of that. */
  readonly mustFail?: string
  /** Where the reader takes several forms. */
  readonly form?: string
}

/** A reader of hostile text under test: inputs for it, and what may be said against what it makes of one. */
export interface FuzzReader {
  /** What the command takes: `tap`. */
  readonly name: string
  /** What is read, for a person. */
  readonly reads: string
  /** A real input, changed. */
  readonly make: (random: Random) => FuzzCase
  /**
   * Reads it. What it throws is a crash.
   * @returns what is wrong with the result: a bound that was passed, a verdict it has no right to; undefined when nothing is
   */
  readonly check: (fuzzed: FuzzCase) => string | undefined | Promise<string | undefined>
}
