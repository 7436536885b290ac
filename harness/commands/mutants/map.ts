import type { MutantMap, MutantResult } from '../../contract/mutant-events.js'
import { comparePromises } from '../../platform/names/promise-ids.js'

/**
 * Maps promises to the mutants that their tests caught.
 * @param known promises that have a test
 * @param reasons why some cannot be broken: promise → reason
 * @param ran whether all mutants ran, with every test
 */
export function mapPromises(
  results: readonly MutantResult[],
  known: Iterable<string>,
  reasons: ReadonlyMap<string, string>,
  ran: Pick<MutantMap, 'allMutants' | 'complete'>,
): MutantMap {
  const promises: Record<string, string[]> = {}
  for (const promise of [...known].sort(comparePromises)) promises[promise] = []
  const onlyOne: Record<string, string> = {}
  for (const result of results) {
    if (result.outcome !== 'killed') continue
    for (const promise of result.promises) (promises[promise] ??= []).push(result.mutant)
    const [first, ...others] = result.promises
    if (first !== undefined && others.length === 0) onlyOne[result.mutant] = first
  }
  const untested = Object.keys(promises).filter(promise => promises[promise]?.length === 0)
  const unbreakable = Object.fromEntries(
    untested.flatMap(promise => {
      const reason = reasons.get(promise)
      return reason === undefined ? [] : [[promise, reason]]
    }),
  )
  const broken = [...reasons.keys()].filter(promise => !untested.includes(promise))
  return { ...ran, promises, untested, unbreakable, broken, onlyOne }
}
