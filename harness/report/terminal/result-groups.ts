import { locationText } from '../../platform/text/source-text.js'
import { grouped } from '../../platform/grouped.js'
import { headline } from '../evidence.js'
import type { BadResult } from '../bad-results.js'

/** A test, and all columns on which it ended the same way. */
export interface ResultGroup extends Pick<BadResult, 'suite' | 'flaky' | 'since'> {
  readonly test: string
  /** `6.1.192 debug` */
  readonly columns: readonly string[]
  /** `module/ring.c:12` */
  readonly where: string | undefined
  readonly headline: string
}

/** Groups equal results of a test on several kernels; ordered by the first of each group. */
export function groupResults(badResults: readonly BadResult[]): ResultGroup[] {
  return [...grouped(badResults, result => JSON.stringify(shownOf(result))).values()].map(group => {
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
}: BadResult): Omit<ResultGroup, 'columns'> {
  const where = location && locationText(location)
  return { suite, test: result.test, where, headline: headline(evidence), flaky, since }
}
