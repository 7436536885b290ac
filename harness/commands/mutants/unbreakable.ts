import { join } from 'node:path'
import { z } from 'zod'
import { readJson, someText } from '../../platform/files/checked-json.js'

/**
 * Loads promises that no change of the module can break, with reasons, from a list beside its
 * mutants; empty without one.
 * @param moduleFolder absolute; the list is its `mutants/unbreakable.json`
 * @param known promises that have a test
 * @returns promise → reason
 * @throws ModproveError `CONFIGURATION` for a wrong format, or a promise without a test or listed
 * twice
 */
export async function loadUnbreakable(
  moduleFolder: string,
  known: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const seen = new Set<string>()
  const promise = someText()
    .refine(name => known.has(name), { error: 'a promise that a test has' })
    .refine(name => seen.size !== seen.add(name).size, { error: 'there once' })
  const entry = z.strictObject({
    promises: z.array(promise).min(1, { error: 'a list of promises such as "C6"' }),
    reason: someText().describe('why no change breaks them'),
  })
  const file = join(moduleFolder, 'mutants/unbreakable.json')
  const list = await readJson(file, z.array(entry), { absent: '[]' })
  return new Map(
    list.flatMap(({ promises, reason }) => promises.map(name => [name, reason] as const)),
  )
}
