import type { FindingReport, Problem } from '../contract/events.js'
import { traceText } from '../platform/source-text.js'
import { headOf } from './verdict.js'
import type { Late } from '../contract/late.js'

const last = (test: string | undefined): string =>
  test === undefined ? '' : ` ("${test}" had just ended)`

/** The problems of what came late and is not allowed, for the suite's end. */
export const lateProblems = (late: readonly Late[]): Problem[] =>
  late.flatMap(each => {
    if (!('finding' in each)) return [each]
    const { during, after, isProved, finding } = each
    const when =
      isProved === true
        ? `late, of "${after}", which alone brings it about again; it came in "${during}"`
        : `late, of a test before "${during}", in which it came${last(after)}`
    return finding.allowed === undefined ? [lateProblem(when, finding)] : []
  })

/** A finding outside its test's window; `when` says when it appeared. */
export const lateProblem = (when: string, finding: FindingReport): Problem => ({
  kind: 'late',
  message: `${when}: ${headOf(finding)}`,
  detail: finding.trace.map(traceText).join('\n'),
})
