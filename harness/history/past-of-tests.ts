import { compareVersions } from '../platform/text/version.js'
import { isGood } from './entry.js'
import type { PastResults } from './history.js'

/** Results of a test on one kernel and flavour. */
export interface ColumnPast {
  readonly kernel: string
  readonly flavour: string
  /** A letter for each run with a result, oldest first. */
  readonly ends: string
  /** Start of the last run in which it passed, ISO 8601; undefined if it never did. */
  readonly lastGood?: string
}

/** A test and its results on all kernels. */
export interface TestPast {
  /** Empty for a build. */
  readonly suite: string
  readonly test: string
  readonly columns: readonly ColumnPast[]
}

/** Selects tests. */
export interface PastRequest {
  /** Tests whose name matches; without it, those with different results on some kernel. */
  readonly test?: RegExp
  readonly suite?: string
}

/** `C9` before `C13`. */
const byName = new Intl.Collator('en', { numeric: true })

/** The past by test instead of by run; suites, tests and kernels sorted by name. */
export function pastOfTests(past: PastResults, { test, suite }: PastRequest): TestPast[] {
  const tests = new Map<string, TestPast & { readonly columns: ColumnPast[] }>()
  for (const entries of past.values()) {
    const last = entries.at(-1)
    if (last === undefined || (suite !== undefined && last.suite !== suite)) continue
    for (const name of new Set(entries.flatMap(({ ends }) => Object.keys(ends)))) {
      if (test !== undefined && !test.test(name)) continue
      const results = entries.flatMap(({ at, ends }) => {
        const end = ends[name]
        return end === undefined ? [] : [{ at, end }]
      })
      const key = `${last.suite}\n${name}`
      const found = tests.get(key) ?? { suite: last.suite, test: name, columns: [] }
      tests.set(key, found)
      const good = results.findLast(({ end }) => isGood(end))
      found.columns.push({
        kernel: last.kernel,
        flavour: last.flavour,
        ends: results.map(({ end }) => end).join(''),
        ...(good === undefined ? {} : { lastGood: good.at }),
      })
    }
  }
  const sorted = [...tests.values()].map(found => ({
    ...found,
    columns: found.columns.sort(
      (a, b) => compareVersions(a.kernel, b.kernel) || byName.compare(a.flavour, b.flavour),
    ),
  }))
  const shown = test === undefined ? sorted.filter(hasWavered) : sorted
  return shown.sort((a, b) => byName.compare(a.suite, b.suite) || byName.compare(a.test, b.test))
}

const hasWavered = ({ columns }: TestPast): boolean =>
  columns.some(({ ends }) => new Set(ends).size > 1)
