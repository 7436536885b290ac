import type { TestChange } from '../contract/events.js'
import type { ColumnView, JobView, RunView, TestResult } from '../record/view.js'

/** Why a result needs attention, the worst first. */
export const concerns = ['regressed', 'failed', 'flaky', 'lost'] as const
export type Concern = (typeof concerns)[number]

/** A test that ran and failed, or passed only on a retry. */
export interface Notable {
  readonly concern: Concern
  readonly column: ColumnView
  readonly job: JobView
  readonly result: TestResult
  /** Its change since another run, if known. */
  readonly change?: TestChange
}

interface Name {
  readonly kernel: string
  readonly flavour: string
  readonly suite: string
  readonly test: string
}

const keyOf = ({ kernel, flavour, suite, test }: Name): string =>
  [kernel, flavour, suite, test].join('\0')

/** All tests that failed, were lost or are flaky: regressions first, then in the run's order. */
export function notables(view: RunView): Notable[] {
  const changes = changesOf(view)
  const found: Notable[] = []
  for (const column of view.columns) {
    for (const job of column.jobs) {
      for (const result of job.results) {
        const change = changes.get(keyOf({ ...job.ref, test: result.test }))
        const concern = concernOf(result, change)
        if (concern === undefined) continue
        found.push({ concern, column, job, result, ...(change === undefined ? {} : { change }) })
      }
    }
  }
  return found.sort((a, b) => concerns.indexOf(a.concern) - concerns.indexOf(b.concern))
}

function concernOf({ status, flaky }: TestResult, change: TestChange | undefined) {
  if (status === 'fail') return change?.change === 'regressed' ? 'regressed' : 'failed'
  if (status === 'error') return 'lost'
  return status !== 'pass' || flaky === undefined ? undefined : 'flaky'
}

/** The change of a column that was not built or booted; undefined if unknown. */
export const buildChange = (view: RunView, { kernel, flavour }: ColumnView) =>
  // A build has no suite, and is the only such result of its column.
  [...changesOf(view).values()].find(
    change => change.suite === '' && change.kernel === kernel && change.flavour === flavour,
  )

/** The test of a change, or the build, which has no suite. */
export const changedTest = ({ suite, test }: Pick<TestChange, 'suite' | 'test'>): string =>
  suite === '' ? test : `${suite}: ${test}`

/** Changes since the last run or a baseline; of the two, a regression wins. */
function changesOf({ comparisons }: RunView): Map<string, TestChange> {
  const changes = new Map<string, TestChange>()
  for (const change of comparisons.flatMap(comparison => comparison.changes)) {
    const key = keyOf(change)
    if (!changes.has(key) || change.change === 'regressed') changes.set(key, change)
  }
  return changes
}

/** `passed in 20261121T…; since then: kernel 6.1.190 → 6.1.192`; undefined if unknown. */
export function sinceText({ lastGood, changed }: TestChange): string | undefined {
  if (changed === undefined) return lastGood && `passed in ${lastGood.run}`
  const what = changed.map(({ what, from, to }) => `${what} ${from} → ${to}`).join(', ')
  const then = changed.length === 0 ? 'nothing known has changed since' : `since then: ${what}`
  return lastGood === undefined ? undefined : `passed in ${lastGood.run}; ${then}`
}

/** `flaky in 3 of its last 10 runs` */
export const flakyText = ({ flaky }: TestChange): string | undefined =>
  flaky === undefined ? undefined : `flaky in ${flaky.times} of its last ${flaky.runs} runs`
