import type { TestEnd } from '../../contract/events.js'
import { WHOLE_FILE } from '../../contract/test-names.js'
import { ModproveError } from '../../platform/errors.js'
import type { Seen } from './certain.js'

/** How to treat a candidate on which the module does not compile. */
export type BuildFailure = 'skip' | 'bad'

/** The module's own errors: skipped, or bad if the bisect looks for build failures. */
const NOT_BUILT = ['MODULE_DOES_NOT_COMPILE', 'PREPARE_FAILED', 'MODULE_TWICE', 'NO_MODULE']
/** Errors of one candidate that say nothing about its neighbours. */
const NOT_TESTABLE = [
  ...['KERNEL_DOES_NOT_BUILD', 'CONFIGURE_FAILED', 'OPTIONS_LOST', 'GUEST_DID_NOT_BOOT'],
  'NO_SUCH_FOLDER',
]

/** Converts an error to an answer; undefined if it would affect every candidate. */
export function untested(error: unknown, buildFailure: BuildFailure): Seen | undefined {
  if (!(error instanceof ModproveError)) return undefined
  const { code, message, firstError } = error
  if (NOT_BUILT.includes(code)) {
    const end = buildFailure === 'bad' ? 'fail' : 'skip'
    return { end, reason: firstError === undefined ? message : `${message}: ${firstError}` }
  }
  return NOT_TESTABLE.includes(code) ? { end: 'skip', reason: message } : undefined
}

/** Combines a job's test results into one answer. */
export function seenOf(ends: readonly TestEnd[], grep?: string): Seen {
  const pattern = new RegExp(grep ?? '')
  const asked = ends.filter(({ test }) => pattern.test(test) || test === WHOLE_FILE)
  const withStatus = (...wanted: TestEnd['status'][]): TestEnd | undefined =>
    asked.find(end => wanted.includes(statusOf(end)))
  const describe = ({ test, problems, reason, cause }: TestEnd): string =>
    `${test}: ${problems[0]?.message ?? reason ?? cause ?? 'no details'}`
  const failed = withStatus('fail')
  if (failed !== undefined) return { end: 'fail', reason: describe(failed) }
  const lost = withStatus('error', 'miss')
  if (lost !== undefined) return { end: 'lost', reason: describe(lost) }
  if (withStatus('pass') !== undefined) return { end: 'pass' }
  const skipped = withStatus('skip')
  return { end: 'skip', reason: skipped === undefined ? 'no test ran' : describe(skipped) }
}

/** How a test ended, whatever was expected of it: its failure, or its fix, may be sought. */
function statusOf({ status, problems }: TestEnd): TestEnd['status'] {
  if (status === 'xfail') return 'fail'
  return problems.some(({ kind }) => kind === 'unexpected-pass') ? 'pass' : status
}
