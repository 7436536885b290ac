import type { Comparison } from './view.js'

/** Merges comparisons with the same other run, made by runs of different jobs. */
export function mergedComparisons(comparisons: readonly Comparison[]): Comparison[] {
  const merged = new Map<string, Comparison>()
  for (const comparison of comparisons) {
    const key = `${comparison.against} ${comparison.run ?? ''}`
    const before = merged.get(key)
    merged.set(key, before === undefined ? comparison : added(before, comparison))
  }
  return [...merged.values()]
}

const added = (before: Comparison, more: Comparison): Comparison => ({
  ...before,
  changes: [...before.changes, ...more.changes],
  unchanged: before.unchanged + more.unchanged,
  fresh: before.fresh + more.fresh,
  past: [...before.past, ...more.past],
})
