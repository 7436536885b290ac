import { randomOfCase, type Random } from './random.js'

/** One input for a parser. */
export interface FuzzCase {
  /** The raw bytes. */
  readonly input: Buffer
  /** Why it cannot pass, or cannot be free of findings, if its construction proves that. */
  readonly mustFail?: string
  /** For parsers with several input formats. */
  readonly form?: string
}

/** A parser of untrusted input under test, with its input generator and checks. */
export interface FuzzReader {
  /** Its name on the command line: `tap`. */
  readonly name: string
  /** Description of its input. */
  readonly reads: string
  /** Makes a case from a real input. */
  readonly make: (random: Random) => FuzzCase
  /**
   * Parses the case. An exception is a crash.
   * @returns the problem with the result: an exceeded bound, a false verdict; undefined if there is
   * none
   */
  readonly check: (fuzzed: FuzzCase) => string | undefined | Promise<string | undefined>
}

/** A seed's nth case: reproducible as long as the parser's samples and mutations stay the same. */
export const caseOf = (reader: FuzzReader, seed: number, number: number): FuzzCase =>
  reader.make(randomOfCase(seed, number))

/** @returns the problem with the parser's result, such as a crash; undefined if there is none */
export async function tryCase(reader: FuzzReader, fuzzed: FuzzCase): Promise<string | undefined> {
  try {
    return await reader.check(fuzzed)
  } catch (error) {
    return `a crash: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
}
