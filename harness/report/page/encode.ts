import type { TestEnd } from '../../contract/events.js'
import { endLetter } from '../../history/entry.js'
import { pick } from '../../platform/pick.js'
import type { JobView, RunView } from '../../record/view.js'
import { oneLine } from '../../platform/text/text.js'
import { locationText } from '../../platform/text/source-text.js'
import { headline, locationOf } from '../evidence.js'
import { unguardedLines } from '../unguarded.js'
import type { JobData, ReportData, Saying, SuiteData } from './data.js'
import { visible, visibleLine, visibleText } from './visible.js'

/** For a line of the list and of a card. */
const SAYING_CHARACTERS = 240

function sayingOf(result: TestEnd): Saying | undefined {
  const { status, flaky } = result
  if ((status === 'pass' && flaky === undefined) || status === 'skip' || status === 'xfail')
    return undefined
  const evidence = flaky ?? result
  const location = locationOf(evidence)
  return {
    text: oneLine(headline(evidence), SAYING_CHARACTERS),
    ...(location === undefined ? {} : { at: oneLine(locationText(location), SAYING_CHARACTERS) }),
  }
}

/** Numbers texts; equal texts get the same number. */
export class Numbers {
  readonly texts: string[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.texts.length)
    return this.texts.push(text) - 1
  }
}

/**
 * Encodes a run for the page.
 *
 * @param detailOf a result's number in the details
 */
export function encode(
  view: RunView,
  detailOf: (result: TestEnd) => number | undefined,
): ReportData {
  const tests = new Numbers()
  const lists = new Numbers()
  const sayings = new Numbers()
  const suites = new Map<string, SuiteData>()
  const suiteNames = new Numbers()
  const past = pastOf(view)
  const jobs = view.columns.flatMap((column, columnIndex) =>
    column.jobs.map((job): JobData => {
      const name = suiteName(job)
      if (suites.get(name)?.title !== job.title) {
        const title = visibleLine(job.title)
        // A column on which the suite never started lacks its title.
        if (!suites.has(name) || job.title !== job.ref.suite) suites.set(name, { name, title })
      }
      const { results } = job
      const byIndex = <Value>(valueOf: (result: TestEnd) => Value | undefined) =>
        Object.fromEntries(
          results.flatMap((result, index) => {
            const value = valueOf(result)
            return value === undefined ? [] : [[index, value]]
          }),
        ) as Record<number, Value>
      return {
        column: columnIndex,
        suite: suiteNames.numberOf(name),
        list: lists.numberOf(results.map(({ test }) => tests.numberOf(visibleLine(test))).join()),
        ends: results.map(endLetter).join(''),
        ms: results.map(({ durationMs }) => Math.round(durationMs)),
        notes: [...job.notes, ...unguardedLines(results)].map(note => visibleText(note)),
        details: byIndex(detailOf),
        said: byIndex(result => {
          const saying = sayingOf(result)
          return saying && sayings.numberOf(JSON.stringify(saying))
        }),
        past: byIndex(({ test }) => past.get(`${job.ref.id} ${test}`)),
      }
    }),
  )
  const { start, end, coverage } = view
  return {
    run: visible({
      id: start.run,
      ...pick(start, 'at', 'version', 'commit', 'argv', 'host'),
      ...(end && { end: pick(end, 'durationMs', 'exitCode', 'interrupted') }),
    }),
    columns: view.columns.map(({ built, failed, ...column }) =>
      visible({
        ...pick(column, 'kernel', 'release', 'flavour'),
        ...(built && {
          built: pick(built, 'source', 'compiler', 'warnings', 'durationMs', 'xpass'),
        }),
        ...(failed && { failed: pick(failed, 'status', 'problem', 'reason') }),
      }),
    ),
    suites: suiteNames.texts.map(name => suites.get(name) ?? { name, title: name }),
    tests: tests.texts,
    lists: lists.texts.map(list => (list === '' ? [] : list.split(',').map(Number))),
    jobs,
    sayings: sayings.texts.map(text => JSON.parse(text) as Saying),
    comparisons: view.comparisons.map(comparison =>
      visible(pick(comparison, 'against', 'run', 'changes', 'unchanged', 'fresh')),
    ),
    ...(coverage && { coverage: visible(pick(coverage, 'files', 'gaps')) }),
  }
}

const suiteName = ({ ref }: JobView): string =>
  ref.mutant === undefined ? ref.suite : `${ref.mutant}/${ref.suite}`

/** Ends in earlier runs, by job and test. */
const pastOf = ({ comparisons }: RunView): ReadonlyMap<string, string> =>
  new Map(
    comparisons
      .filter(({ against }) => against === 'last')
      .flatMap(({ past }) => past.map(({ job, test, ends }) => [`${job} ${test}`, ends])),
  )
