import type { Change, Status, TestChange } from '../contract/events.js'
import type { Comparison, RunView } from '../record/view.js'
import { isWholeRun } from '../record/whole-run.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import { differences } from './differences.js'
import { entriesOf, isGood, jobKey, type EndLetter, type HistoryEntry } from './entry.js'
import { KEPT_RUNS, type PastResults } from './history.js'

const STATUSES: Readonly<Record<EndLetter, Status>> = {
  p: 'pass',
  f: 'fail',
  s: 'skip',
  x: 'xfail',
  e: 'error',
  m: 'miss',
  y: 'pass',
}

/**
 * Compares a run with the past, test by test. A result that was lost earlier is passed over for the
 * one before it. A result that is lost now is `lost`, not a regression of the module.
 *
 * @param past without the run's own entries
 */
export function compare(
  view: RunView,
  past: PastResults,
  against: { readonly against: 'last' } | { readonly against: 'baseline'; readonly run: string },
): Comparison {
  const changes: TestChange[] = []
  const ends: { job: string; test: string; ends: string }[] = []
  const jobs = new Map(
    view.columns.flatMap(({ jobs }) => jobs.map(({ ref }) => [jobKey(ref), ref.id])),
  )
  const isWhole = isWholeRun(view.start.request)
  let unchanged = 0
  let fresh = 0
  for (const now of entriesOf(view)) {
    const before = past.get(jobKey(now)) ?? []
    if (before.length === 0) {
      if (now.suite !== '') fresh += 1
      continue
    }
    for (const test of testsOf(now, before, isWhole)) {
      const earlier = before.flatMap(entry => endIn(entry, test) ?? [])
      const change = changeOf(now, test, earlier)
      // A build is not a test.
      if (change === undefined) unchanged += now.suite === '' ? 0 : 1
      else changes.push(change)
      const letters = earlier.map(({ end }) => end)
      const job = jobs.get(jobKey(now))
      if (job !== undefined && new Set([...letters, now.ends[test] ?? 'm']).size > 1) {
        ends.push({ job, test, ends: letters.join('') })
      }
    }
  }
  return { type: 'comparison', ...against, changes, unchanged, fresh, past: ends }
}

/** Tests of this run, and earlier ones that should have run now. */
function testsOf(now: HistoryEntry, before: readonly HistoryEntry[], isWhole: boolean): string[] {
  const names = new Set(Object.keys(now.ends))
  // A file has a result only if it failed as a whole; without one it is fixed.
  const { ends = {} } = before.at(-1) ?? {}
  if (WHOLE_FILE in ends && names.size > 0) names.add(WHOLE_FILE)
  // What a part of a run leaves out is not gone.
  if (!isWhole) return [...names].filter(test => now.ends[test] !== 's')
  // A file that failed as a whole does not list its tests.
  const last = before.findLast(({ ends }) => !(WHOLE_FILE in ends))
  for (const test of Object.keys(last?.ends ?? {})) names.add(test)
  return [...names]
}

interface EarlierEnd {
  readonly entry: HistoryEntry
  readonly end: EndLetter
}

/** The end of a test; a file has a result of its own only if it failed as a whole. */
function endIn(entry: HistoryEntry, test: string): EarlierEnd | undefined {
  const end = entry.ends[test] ?? (test === WHOLE_FILE ? 'p' : undefined)
  return end === undefined ? undefined : { entry, end }
}

const isLost = (end: EndLetter): boolean => end === 'e' || end === 'm'
/** The end of a suite is skipped if failed tests ended every machine; those tests report that. */
const isSkippedSuiteEnd = (test: string, end: EndLetter): boolean =>
  test === SUITE_END && end === 's'

function changeOf(
  now: HistoryEntry,
  test: string,
  earlier: readonly EarlierEnd[],
): TestChange | undefined {
  const known = earlier.filter(({ end }) => !isLost(end) && !isSkippedSuiteEnd(test, end))
  const before = known.at(-1) ?? earlier.at(-1)
  const good = known.filter(({ end }) => isGood(end)).at(-1)
  const end = endIn(now, test)?.end
  if (end !== undefined && isSkippedSuiteEnd(test, end)) return undefined
  const change = kindOf(end, before?.end, good !== undefined, now.ends[WHOLE_FILE])
  if (change === undefined) return undefined
  const { kernel, flavour, suite } = now
  const recent = [...earlier.map(one => one.end), ...(end === undefined ? [] : [end])]
  const times = recent.filter(one => one === 'y').length
  const runOf = ({ entry: { run, at } }: EarlierEnd) => ({ run, at })
  return {
    kernel,
    flavour,
    suite,
    test,
    change,
    ...(end === undefined ? {} : { now: STATUSES[end] }),
    ...(before === undefined ? {} : { before: STATUSES[before.end], since: runOf(before) }),
    ...(times === 0 ? {} : { flaky: { times, runs: Math.min(recent.length, KEPT_RUNS + 1) } }),
    ...(good === undefined ? {} : { lastGood: runOf(good) }),
    ...(change === 'regressed' && good !== undefined
      ? { changed: differences(good.entry, now) }
      : {}),
  }
}

/**
 * @param end undefined if the test is not in this run
 * @param before undefined if no earlier run has the test
 * @param wasGood whether it is known to have passed
 * @param whole of the suite's file as a whole: then its tests are lost or not run, not gone
 */
function kindOf(
  end: EndLetter | undefined,
  before: EndLetter | undefined,
  wasGood: boolean,
  whole: EndLetter | undefined,
): Change | undefined {
  if (end === undefined && whole === undefined) return 'gone'
  if (end === undefined) return whole === 'm' ? 'not-run' : 'lost'
  if (end === 'e') return 'lost'
  if (end === 'm') return 'not-run'
  if (end === 'y') return 'flaky'
  if (before === undefined) return 'new'
  // Expected now: no news, whatever it did before.
  if (end === 'x') return undefined
  if (end === 'f')
    return before === 'f' || before === 'x' ? 'still-failing' : wasGood ? 'regressed' : 'new'
  if (end === 's') return before === 's' ? undefined : 'gone'
  return before === 'f' || before === 'x' ? 'fixed' : undefined
}
