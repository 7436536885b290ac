import { randomOfCase } from './random.js'
import type { FuzzCase, FuzzReader } from './reader.js'

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
