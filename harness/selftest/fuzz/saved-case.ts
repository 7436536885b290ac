import { z } from 'zod'
import type { FuzzProblem } from '../../contract/fuzz-result.js'
import { readJson } from '../../platform/files/checked-json.js'
import { usageError } from '../../platform/errors.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import { caseOf, type FuzzCase, type FuzzReader } from './reader.js'

/** A saved case, which stays valid when samples or mutations change. */
const savedCase = z.object({
  reader: z.string(),
  seed: z.number(),
  number: z.number(),
  problem: z.string(),
  input: z.base64(),
  mustFail: z.string().exactOptional(),
  form: z.string().exactOptional(),
})

/** Saves a case and its problem as JSON. */
export async function saveCase(
  file: string,
  reader: FuzzReader,
  seed: number,
  { number, problem }: FuzzProblem,
): Promise<void> {
  const { input, ...more } = caseOf(reader, seed, number)
  const saved: z.infer<typeof savedCase> = {
    reader: reader.name,
    seed,
    number,
    problem,
    ...more,
    input: input.toString('base64'),
  }
  await writeJson(file, saved)
}

/** @throws ModproveError `NO_CASE` for another kind of file */
export async function loadCase(
  file: string,
  readers: readonly FuzzReader[],
): Promise<{ readonly reader: FuzzReader; readonly fuzzed: FuzzCase }> {
  const options = {
    code: 'NO_CASE',
    remedy: 'Name a file that modprove fuzz wrote: .modprove/fuzz/…/tap-1-4711.json',
  }
  const { reader: name, input, ...more } = await readJson(file, savedCase, options)
  const reader = readers.find(one => one.name === name)
  if (reader === undefined)
    throw usageError('NO_CASE', `${file} is for an unknown reader "${name}"`, options)
  return { reader, fuzzed: { ...more, input: Buffer.from(input, 'base64') } }
}
