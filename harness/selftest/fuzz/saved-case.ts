import { readFile } from 'node:fs/promises'
import { usageError } from '../../platform/errors.js'
import { writeWhole } from '../../platform/paths.js'
import { caseOf } from './one-case.js'
import type { FuzzCase, FuzzReader } from './reader.js'

/** A case in a file: it says the same when samples and mutations are others. */
interface SavedCase extends Omit<FuzzCase, 'input'> {
  readonly reader: string
  readonly seed: number
  readonly number: number
  readonly problem: string
  /** Base64. */
  readonly input: string
}

/** Keeps a case, and what was wrong with it, as JSON. */
export async function saveCase(
  file: string,
  reader: FuzzReader,
  seed: number,
  { number, problem }: { readonly number: number; readonly problem: string },
): Promise<void> {
  const { input, ...more } = caseOf(reader, seed, number)
  const saved: SavedCase = {
    reader: reader.name,
    seed,
    number,
    problem,
    ...more,
    input: input.toString('base64'),
  }
  await writeWhole(file, `${JSON.stringify(saved, undefined, 2)}\n`)
}

/** @throws ModproveError `NO_CASE` for a file that is none */
export async function loadCase(
  file: string,
  readers: readonly FuzzReader[],
): Promise<{ readonly reader: FuzzReader; readonly fuzzed: FuzzCase }> {
  try {
    const saved = JSON.parse(await readFile(file, 'utf8')) as SavedCase
    const reader = readers.find(({ name }) => name === saved.reader)
    if (reader === undefined) throw new Error(`there is no reader "${saved.reader}"`)
    return { reader, fuzzed: { ...saved, input: Buffer.from(saved.input, 'base64') } }
  } catch (cause) {
    throw usageError('NO_CASE', `${file} is no saved case: ${(cause as Error).message}`, {
      remedy: 'Name a file that modprove fuzz wrote: .modprove/fuzz/…/tap-1-4711.json',
      cause,
    })
  }
}
