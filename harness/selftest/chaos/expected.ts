import type { Check } from '../../contract/chaos-result.js'
import type { Status, TestEnd } from '../../contract/events.js'
import { exitCodeOf } from '../../record/exit-code.js'
import { SUITE_END } from '../../contract/test-names.js'

/** `fail` is any failure; `fail panic` has that cause of death; `none`: no such result. */
export type ExpectedStatus = Status | 'none' | `${'fail' | 'error'} ${string}`

/** By suite, its tests in order of execution; the suite's end passes unless it is named. */
export type Expected = Readonly<Record<string, Readonly<Record<string, ExpectedStatus>>>>

/** Tests that all end alike. @param prefix of each name */
export const allEnd = (
  names: readonly string[],
  status: ExpectedStatus,
  prefix = '',
): Expected[string] => Object.fromEntries(names.map(name => [`${prefix}${name}`, status]))

/** The exit status of a run that ends with these results. */
export function exitStatusOf(expected: Expected): number {
  const all = Object.values(expected).flatMap(tests => Object.values(tests))
  const those = (status: Status): number =>
    all.filter(one => one.split(' ', 1)[0] === status).length
  return exitCodeOf({ fail: those('fail'), error: those('error'), miss: those('miss') })
}

/** Compares a run's results with the expected ones, test by test. */
export function compareResults(results: readonly TestEnd[], expected: Expected): Check[] {
  const seen = new Map(results.map(result => [`${suiteOf(result)}: ${result.test}`, result]))
  const checks: Check[] = []
  for (const [suite, tests] of Object.entries(expected)) {
    for (const [test, status] of Object.entries({ [SUITE_END]: 'pass', ...tests })) {
      const name = `${suite}: ${test}`
      const result = seen.get(name)
      seen.delete(name)
      const ok = result === undefined ? status === 'none' : isAsExpected(result, status)
      checks.push({ what: `${name}: ${status}`, ok, seen: describe(result) })
    }
  }
  for (const [name, result] of seen) {
    checks.push({ what: `${name} does not exist`, ok: false, seen: describe(result) })
  }
  return checks
}

const suiteOf = ({ job }: TestEnd): string => job.slice(job.lastIndexOf('/') + 1)

function isAsExpected({ status, cause }: TestEnd, expected: string): boolean {
  const [wanted, because] = expected.split(' ', 2)
  return status === wanted && (because === undefined || cause === because)
}

const describe = (result: TestEnd | undefined): string =>
  result === undefined
    ? 'no result'
    : [result.status, result.cause ?? '', result.problems[0]?.message ?? result.reason ?? '']
        .filter(part => part !== '')
        .join(', ')
