import { bare } from './bare.js'

/** A program's own counts, which serve as a plan. */
export interface Totals {
  readonly total: number
  readonly failures: number
  /** True for KUnit's line named after a suite, which counts its direct tests; else all depths. */
  readonly isOfSuite: boolean
  readonly isKunit: boolean
}

/** kselftest.h prints it last; before 4.18 as `Pass 1 Fail 0 …`. */
const KSELFTEST =
  /^(?:Totals: )?pass[: ](\d+) fail[: ](\d+) xfail[: ](\d+) xpass[: ](\d+) skip[: ](\d+) error[: ](\d+)\s*$/i
/** lib/kunit/test.c prints it before the test point of a suite: `SUITE: …` or `Totals: …`. */
const KUNIT = /^(.{1,200}): pass:(\d+) fail:(\d+) skip:(\d+) total:(\d+)\s*$/

const KSELFTEST_START = /^Totals: pass:/

/** Whether a comment is counts that were torn or cut. @param text without its `#` */
export const areTorn = (text: string): boolean =>
  KSELFTEST_START.test(bare(text)) && totalsOf(text) === undefined

/** @param text of a comment, without its `#` */
export function totalsOf(text: string): Totals | undefined {
  const line = bare(text)
  const selftest = KSELFTEST.exec(line)?.slice(1).map(Number)
  if (selftest !== undefined) {
    const [, fail = 0, , , , error = 0] = selftest
    const total = selftest.reduce((sum, each) => sum + each, 0)
    return { total, failures: fail + error, isOfSuite: false, isKunit: false }
  }
  const [, name, , fail, , total] = KUNIT.exec(line) ?? []
  if (name === undefined) return undefined
  const isOfSuite = name !== 'Totals'
  return { total: Number(total), failures: Number(fail), isOfSuite, isKunit: true }
}

/** What the program counted and the stream lacks; empty if nothing. */
export function missingOf(
  { total, failures, isKunit }: Totals,
  count: number,
  failed: number,
): string[] {
  const problems: string[] = []
  // KUnit does not count a skipped parameterised test, which it prints beside its parameters.
  if (isKunit ? total > count : total !== count)
    problems.push(`${total} tests were counted by the program, and ${count} came`)
  if (failures > failed) problems.push(uncounted(failures, failed))
  return problems
}

export const uncounted = (counted: number, came: number): string =>
  `${counted} failures were counted by the program, and ${came} came`
