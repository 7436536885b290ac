import { placeText } from '../platform/source-text.js'
import { headline, placeOf } from './evidence.js'
import { flakyText, sinceText, type Notable } from './notable.js'

/** A test, on all columns on which it ended alike. */
export interface Alike {
  readonly suite: string
  readonly test: string
  /** `6.1.192 debug` */
  readonly columns: readonly string[]
  /** `module/ring.c:12` */
  readonly place: string | undefined
  readonly headline: string
  readonly flaky: string | undefined
  /** When it last passed, and what changed since. */
  readonly since: string | undefined
}

/** Results of one test that say the same on several kernels, told once; in the order of the first of each. */
export function alike(notables: readonly Notable[]): Alike[] {
  const found = new Map<string, Alike & { columns: string[] }>()
  for (const { job, result, change } of notables) {
    const { suite, release, flavour } = job.ref
    const known = result.flaky ?? result
    const place = placeOf(known)
    const told = {
      suite,
      test: result.test,
      place: place && placeText(place),
      headline: headline(known),
      flaky: change && flakyText(change),
      since: change && sinceText(change),
    }
    const key = JSON.stringify(told)
    const group = found.get(key) ?? { ...told, columns: [] }
    group.columns.push(`${release} ${flavour}`)
    found.set(key, group)
  }
  return [...found.values()]
}
