import { locationText } from '../../platform/source-text.js'
import { grouped } from '../../platform/grouped.js'
import { headline } from '../evidence.js'
import type { Notable } from '../notable.js'

/** A test, and all columns on which it ended the same way. */
export interface Alike extends Pick<Notable, 'suite' | 'flaky' | 'since'> {
  readonly test: string
  /** `6.1.192 debug` */
  readonly columns: readonly string[]
  /** `module/ring.c:12` */
  readonly where: string | undefined
  readonly headline: string
}

/** Groups equal results of a test on several kernels; ordered by the first of each group. */
export function alike(notables: readonly Notable[]): Alike[] {
  return [...grouped(notables, notable => JSON.stringify(shownOf(notable))).values()].map(group => {
    return { ...shownOf(group[0]), columns: group.map(({ column }) => column) }
  })
}

function shownOf({
  suite,
  result,
  evidence,
  location,
  since,
  flaky,
}: Notable): Omit<Alike, 'columns'> {
  const where = location && locationText(location)
  return { suite, test: result.test, where, headline: headline(evidence), flaky, since }
}
