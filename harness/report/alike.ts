import { placeText } from '../platform/source-text.js'
import { headline, placeOf } from './evidence.js'
import { flakyText, sinceText, type Notable } from './notable.js'

/** A test, and all columns on which it ended the same way. */
export interface Alike {
  readonly suite: string
  readonly test: string
  /** `6.1.192 debug` */
  readonly columns: readonly string[]
  /** `module/ring.c:12` */
  readonly place: string | undefined
  readonly headline: string
  readonly flaky: string | undefined
  /** When it last passed, and what changed after that. */
  readonly since: string | undefined
}

/** Groups equal results of a test on several kernels; ordered by the first of each group. */
export function alike(notables: readonly Notable[]): Alike[] {
  const found = new Map<string, Alike & { columns: string[] }>()
  for (const { job, result, change } of notables) {
    const { suite, release, flavour } = job.ref
    const known = result.flaky ?? result
    const place = placeOf(known)
    const shown = {
      suite,
      test: result.test,
      place: place && placeText(place),
      headline: headline(known),
      flaky: change && flakyText(change),
      since: change && sinceText(change),
    }
    const key = JSON.stringify(shown)
    const group = found.get(key) ?? { ...shown, columns: [] }
    group.columns.push(`${release} ${flavour}`)
    found.set(key, group)
  }
  return [...found.values()]
}
