/** What a program counted itself: as good as a plan. */
export interface Totals {
  readonly total: number
  readonly failures: number
  /** KUnit's of a suite by its name: of the tests directly in it; else of the tests in any depth. */
  readonly isOfSuite: boolean
  readonly isKunit: boolean
}

/** kselftest.h prints it last. */
const KSELFTEST =
  /^Totals: pass:(\d+) fail:(\d+) xfail:(\d+) xpass:(\d+) skip:(\d+) error:(\d+)\s*$/
/** lib/kunit/test.c prints them before the test point that ends a suite, which is indented; the suite's own has its name. */
const KUNIT = /^(\S{1,200}): pass:(\d+) fail:(\d+) skip:(\d+) total:(\d+)\s*$/

/** @param text a comment's, without its `#` */
export function totalsOf(text: string): Totals | undefined {
  const selftest = KSELFTEST.exec(text)?.slice(1).map(Number)
  if (selftest !== undefined) {
    const [, fail = 0, , , , error = 0] = selftest
    const total = selftest.reduce((sum, each) => sum + each, 0)
    return { total, failures: fail + error, isOfSuite: false, isKunit: false }
  }
  const [, name, , fail, , total] = KUNIT.exec(text) ?? []
  if (name === undefined) return undefined
  const isOfSuite = name !== 'Totals'
  return { total: Number(total), failures: Number(fail), isOfSuite, isKunit: true }
}

/** How many tests came, and how many of them failed. */
export interface Tally {
  readonly count: number
  readonly failures: number
}

/** What of the program's own count did not come; empty when all did. */
export function missingOf({ total, failures, isKunit }: Totals, came: Tally): string[] {
  const problems: string[] = []
  // A skipped test of KUnit with parameters is told beside them: more may come than it counts.
  if (isKunit ? total > came.count : total !== came.count)
    problems.push(`${total} tests were counted by the program, and ${came.count} came`)
  if (failures > came.failures)
    problems.push(`${failures} failures were counted by the program, and ${came.failures} came`)
  return problems
}
