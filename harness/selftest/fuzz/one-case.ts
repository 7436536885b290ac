import { randomOfCase } from './random.js'
import type { FuzzCase, FuzzReader } from './reader.js'

/** What was wrong with one case. */
export interface FuzzProblem {
  readonly number: number
  readonly problem: string
}

/** The nth case of a seed: the same in every run, while the reader's samples and mutations are the same. */
export const caseOf = (reader: FuzzReader, seed: number, number: number): FuzzCase =>
  reader.make(randomOfCase(seed, number))

/** @returns what is wrong with what the reader made of it; a crash is */
export async function tryCase(reader: FuzzReader, fuzzed: FuzzCase): Promise<string | undefined> {
  try {
    return await reader.check(fuzzed)
  } catch (error) {
    return `a crash: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
}
