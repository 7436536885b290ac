import { columnTitle } from '../contract/column-title.js'
import type { JobRef, SourceLine, TestChange, TestEnd } from '../contract/events.js'
import type { ColumnView, Comparison, RunView } from '../record/view.js'
import { locationOf, type Evidence } from './evidence.js'

/** Why a result needs attention, the worst first. */
export const concerns = ['regressed', 'failed', 'flaky', 'lost'] as const
export type Concern = (typeof concerns)[number]

/** A test that ran and failed, or passed only on a retry. */
export interface BadResult {
  readonly concern: Concern
  /** `6.1.192 debug` */
  readonly column: string
  readonly suite: string
  readonly result: TestEnd
  /** The result, or the first try of a flaky one. */
  readonly evidence: Evidence
  /** Where to look first. */
  readonly location: SourceLine | undefined
  /** When it last passed, and what changed after that, if known. */
  readonly since: string | undefined
  /** How often it was flaky, if known. */
  readonly flaky: string | undefined
}

const keyOf = (
  { kernel, flavour, suite }: Pick<JobRef, 'kernel' | 'flavour' | 'suite'>,
  test: string,
) => [kernel, flavour, suite, test].join('\0')

/** All tests that failed, were lost or are flaky: regressions first, then in the run's order. */
export function badResults(view: RunView): BadResult[] {
  const changes = changesOf(view)
  const found: BadResult[] = []
  for (const { ref, results } of view.columns.flatMap(({ jobs }) => jobs)) {
    const { suite } = ref
    for (const result of results) {
      const change = changes.get(keyOf(ref, result.test))
      const concern = concernOf(result, change)
      if (concern === undefined) continue
      const evidence = result.flaky ?? result
      const notes = { since: change && sinceText(change), flaky: change && flakyText(change) }
      const column = columnTitle(ref)
      const location = locationOf(evidence)
      found.push({ concern, column, suite, result, evidence, location, ...notes })
    }
  }
  return found.sort((a, b) => concerns.indexOf(a.concern) - concerns.indexOf(b.concern))
}

function concernOf({ status, flaky }: TestEnd, change: TestChange | undefined) {
  if (status === 'fail') return change?.change === 'regressed' ? 'regressed' : 'failed'
  if (status === 'error') return 'lost'
  return status !== 'pass' || flaky === undefined ? undefined : 'flaky'
}

/** When a column that was not built or booted last was, as {@link sinceText} says it. */
export function sinceBuilt(view: RunView, { kernel, flavour }: ColumnView): string | undefined {
  // A build has no suite, and is the only such result of its column.
  const change = [...changesOf(view).values()].find(
    change => change.suite === '' && change.kernel === kernel && change.flavour === flavour,
  )
  return change && sinceText(change)
}

const ORDER = ['regressed', 'still-failing', 'flaky', 'lost', 'not-run', 'fixed', 'new', 'gone']

/** What a comparison found: `2 regressed`, …, `40 as before`. */
export function changeCounts({ changes, unchanged }: Comparison): string[] {
  const counts = ORDER.map(kind => {
    const { length } = changes.filter(({ change }) => change === kind)
    return length === 0 ? '' : `${length} ${kind}`
  })
  return [...counts.filter(Boolean), `${unchanged} as before`]
}

/** The test of a change, or the build, which has no suite. */
export const changedTest = ({ suite, test }: Pick<TestChange, 'suite' | 'test'>): string =>
  suite === '' ? test : `${suite}: ${test}`

/** Changes since the last run or a baseline; of the two, a regression wins. */
function changesOf({ comparisons }: RunView): Map<string, TestChange> {
  const changes = new Map<string, TestChange>()
  for (const change of comparisons.flatMap(comparison => comparison.changes)) {
    const key = keyOf(change, change.test)
    if (!changes.has(key) || change.change === 'regressed') changes.set(key, change)
  }
  return changes
}

/** `passed in 20261121T…; since then: kernel 6.1.190 → 6.1.192`; undefined if unknown. */
function sinceText({ lastGood, changed }: TestChange): string | undefined {
  if (changed === undefined) return lastGood && `passed in ${lastGood.run}`
  const what = changed.map(({ what, from, to }) => `${what} ${from} → ${to}`).join(', ')
  const then = changed.length === 0 ? 'nothing known has changed since' : `since then: ${what}`
  return lastGood === undefined ? undefined : `passed in ${lastGood.run}; ${then}`
}

/** `flaky in 3 of its last 10 runs` */
const flakyText = ({ flaky }: TestChange): string | undefined =>
  flaky === undefined ? undefined : `flaky in ${flaky.times} of its last ${flaky.runs} runs`
