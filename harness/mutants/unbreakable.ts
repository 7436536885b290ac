import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../errors.js'

const FILE = 'unbreakable.json'

/**
 * Promises that no change of the module can break, and why: the list beside its mutants; empty when there is none.
 *
 * @param moduleFolder absolute; the list is its `mutants/unbreakable.json`
 * @param known promises that have a test
 * @returns promise → reason
 * @throws ModproveError `CONFIGURATION` for another form, a promise that has no test, or one that is there twice
 */
export async function loadUnbreakable(
  moduleFolder: string,
  known: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const path = join(moduleFolder, 'mutants', FILE)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  const malformed = (what: string) =>
    usageError('CONFIGURATION', `${path}: ${what}`, {
      remedy: 'It holds a list of {"promises", "reason"}: texts as "C6", and a text',
    })
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    throw malformed((error as Error).message)
  }
  if (!Array.isArray(list)) throw malformed('is no list')
  const reasons = new Map<string, string>()
  for (const [index, entry] of list.entries()) {
    const { promises, reason } = (entry ?? {}) as { promises?: unknown; reason?: unknown }
    if (!Array.isArray(promises) || typeof reason !== 'string' || reason === '')
      throw malformed(`entry ${index + 1} lacks promises or reason`)
    for (const promise of promises as unknown[]) {
      const name = String(promise)
      if (!known.has(name)) throw malformed(`no test has promise ${name}`)
      if (reasons.has(name)) throw malformed(`promise ${name} is there twice`)
      reasons.set(name, reason)
    }
  }
  return reasons
}
