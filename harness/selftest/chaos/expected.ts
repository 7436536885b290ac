import type { Check } from '../../contract/chaos-result.js'
import type { Status, TestEnd } from '../../contract/events.js'
import { exitCodeOf } from '../../record/exit-code.js'
import { SUITE_END } from '../../contract/test-names.js'

/** `fail` is any failure; `['fail', 'panic']` has that cause of death; `none`: no such result. */
export type ExpectedEnd = Status | 'none' | readonly [status: 'fail' | 'error', cause: string]

/** By suite, its tests in order of execution; the suite's end passes unless it is named. */
export type Expected = Readonly<Record<string, Readonly<Record<string, ExpectedEnd>>>>

/** Tests that all end alike. @param prefix of each name */
export const allEnd = (names: readonly string[], end: ExpectedEnd, prefix = ''): Expected[string] =>
  Object.fromEntries(names.map(name => [`${prefix}${name}`, end]))

/** The exit status of a run that ends with these results. */
export function exitStatusOf(expected: Expected): number {
  const ends = Object.values(expected).flatMap(tests => Object.values(tests))
  const those = (status: Status): number => ends.filter(end => parts(end)[0] === status).length
  return exitCodeOf({ fail: those('fail'), error: those('error'), miss: those('miss') })
}

const parts = (end: ExpectedEnd): readonly [status: Status | 'none', cause?: string] =>
  typeof end === 'string' ? [end] : end

/** Compares a run's results with the expected ones, test by test. */
export function compareResults(results: readonly TestEnd[], expected: Expected): Check[] {
  const seen = new Map(results.map(result => [`${suiteOf(result)}: ${result.test}`, result]))
  const checks: Check[] = []
  for (const [suite, tests] of Object.entries(expected)) {
    const all: Expected[string] = { [SUITE_END]: 'pass', ...tests }
    for (const [test, end] of Object.entries(all)) {
      const name = `${suite}: ${test}`
      const result = seen.get(name)
      seen.delete(name)
      const ok = result === undefined ? end === 'none' : isAsExpected(result, end)
      checks.push({ what: `${name}: ${parts(end).join(' ')}`, ok, seen: describe(result) })
    }
  }
  for (const [name, result] of seen) {
    checks.push({ what: `${name} does not exist`, ok: false, seen: describe(result) })
  }
  return checks
}

const suiteOf = ({ job }: TestEnd): string => job.slice(job.lastIndexOf('/') + 1)

function isAsExpected({ status, cause }: TestEnd, expected: ExpectedEnd): boolean {
  const [wanted, because] = parts(expected)
  return status === wanted && (because === undefined || cause === because)
}

const describe = (result: TestEnd | undefined): string =>
  result === undefined
    ? 'no result'
    : [result.status, result.cause ?? '', result.problems[0]?.message ?? result.reason ?? '']
        .filter(part => part !== '')
        .join(', ')
