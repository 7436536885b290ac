import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { isText, loadReasonList } from '../../platform/reason-list.js'

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
  const list = await loadReasonList(path, {
    holds: '{"promises", "reason"}: texts as "C6", and a text',
    read: ({ promises, reason }) =>
      Array.isArray(promises) && promises.length > 0 && promises.every(isText) && isText(reason)
        ? { promises, reason }
        : 'lacks promises or reason',
  })
  const reasons = new Map<string, string>()
  for (const { promises, reason } of list) {
    for (const promise of promises) {
      const wrong = known.has(promise)
        ? reasons.has(promise) && `promise ${promise} is there twice`
        : `no test has promise ${promise}`
      if (wrong !== false) throw usageError('CONFIGURATION', `${path}: ${wrong}`)
      reasons.set(promise, reason)
    }
  }
  return reasons
}
