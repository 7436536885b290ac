import type { Problem } from '../contract/events.js'
import { traceText } from '../platform/text/source-text.js'
import { headOf } from './verdict.js'
import type { Late, LateReport } from '../contract/late.js'

const last = (test: string | undefined): string =>
  test === undefined ? '' : ` ("${test}" had just ended)`

/** The problems of what came late and is not allowed, for the suite's end. */
export const lateProblems = (late: readonly Late[]): Problem[] =>
  late.flatMap(each => {
    if (!('report' in each)) return [each]
    const { during, after, isProved, isConsequence, report } = each
    const proof = isConsequence ? 'what came before it' : 'it'
    const when =
      isProved === true
        ? `late, from "${after}", which causes ${proof} again alone; it appeared during "${during}"`
        : `late, from a test before "${during}", during which it appeared${last(after)}`
    return isAllowed(report) ? [] : [lateProblem(when, report)]
  })

/** True for a known false alarm. */
export const isAllowed = (report: LateReport): boolean =>
  !('cause' in report) && report.allowed !== undefined

/** A report outside its test's window; `when` says when it appeared. */
export const lateProblem = (when: string, report: LateReport): Problem =>
  'cause' in report
    ? { kind: 'late', message: `${when}: ${report.cause}: the machine ended without a word` }
    : {
        kind: 'late',
        message: `${when}: ${headOf(report)}`,
        detail: report.trace.map(traceText).join('\n'),
      }
