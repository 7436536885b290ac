import { placeText } from '../platform/source-text.js'
import { headline } from './evidence.js'
import type { Notable } from './notable.js'

/** A test, and all columns on which it ended the same way. */
export interface Alike extends Pick<Notable, 'suite' | 'flaky' | 'since'> {
  readonly test: string
  /** `6.1.192 debug` */
  readonly columns: readonly string[]
  /** `module/ring.c:12` */
  readonly place: string | undefined
  readonly headline: string
}

/** Groups equal results of a test on several kernels; ordered by the first of each group. */
export function alike(notables: readonly Notable[]): Alike[] {
  const found = new Map<string, Alike & { columns: string[] }>()
  for (const { column, suite, result, known, place, since, flaky } of notables) {
    const why = { place: place && placeText(place), headline: headline(known), flaky, since }
    const shown = { suite, test: result.test, ...why }
    const key = JSON.stringify(shown)
    const group = found.get(key) ?? { ...shown, columns: [] }
    group.columns.push(column)
    found.set(key, group)
  }
  return [...found.values()]
}
