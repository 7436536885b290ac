import type { Problem, SourceLine, Status, TestChange } from '../../contract/events.js'
import type { ColumnView, JobView, RunView, TestResult } from '../../record/view.js'
import { oneLine } from '../../platform/text.js'
import { placeText } from '../../platform/source-text.js'
import { headline, placeOf } from '../evidence.js'
import { unguardedLines } from '../unguarded.js'
import type {
  ColumnData,
  ComparisonData,
  CoverageData,
  End,
  JobData,
  ReportData,
  RunData,
  Saying,
  SuiteData,
} from './data.js'
import { visibleLine, visibleText } from './visible.js'

const ENDS: Readonly<Record<Status, End>> = {
  pass: 'p',
  fail: 'f',
  skip: 's',
  error: 'e',
  miss: 'm',
}
const endOf = ({ status, flaky }: TestResult): End =>
  status === 'pass' && flaky !== undefined ? 'y' : ENDS[status]

/** For a line of the list and of a card. */
const SAYING_CHARACTERS = 240

function sayingOf(result: TestResult): Saying | undefined {
  const { status, flaky } = result
  if ((status === 'pass' && flaky === undefined) || status === 'skip') return undefined
  const known = flaky ?? result
  const place = placeOf(known)
  return {
    text: oneLine(headline(known), SAYING_CHARACTERS),
    ...(place === undefined ? {} : { at: oneLine(placeText(place), SAYING_CHARACTERS) }),
  }
}

/** Numbers texts; equal texts get the same number. */
export class Numbers {
  readonly texts: string[] = []
  readonly #numbers = new Map<string, number>()

  of(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.texts.length)
    return this.texts.push(text) - 1
  }
}

/**
 * Encodes a run for the page.
 *
 * @param details index of a result's details, by the job's and the test's index; undefined if none
 */
export function encode(
  view: RunView,
  details: (job: JobView, result: TestResult) => number | undefined,
): ReportData {
  const tests = new Numbers()
  const lists = new Numbers()
  const sayings = new Numbers()
  const suites = new Map<string, SuiteData>()
  const suiteNames = new Numbers()
  const past = pastOf(view)
  const jobs = view.columns.flatMap((column, index) =>
    column.jobs.map((job): JobData => {
      const name = suiteName(job)
      if (suites.get(name)?.title !== job.title) {
        const title = visibleLine(job.title)
        // A column on which the suite never started lacks its title.
        if (!suites.has(name) || job.title !== job.ref.suite) suites.set(name, { name, title })
      }
      const { results } = job
      const placed = <Value>(of: (result: TestResult) => Value | undefined) =>
        Object.fromEntries(
          results.flatMap((result, place) => {
            const value = of(result)
            return value === undefined ? [] : [[place, value]]
          }),
        ) as Record<number, Value>
      return {
        column: index,
        suite: suiteNames.of(name),
        list: lists.of(results.map(({ test }) => tests.of(visibleLine(test))).join()),
        ends: results.map(endOf).join(''),
        ms: results.map(({ durationMs }) => Math.round(durationMs)),
        notes: [...job.notes, ...unguardedLines(results)].map(note => visibleText(note)),
        details: placed(result => details(job, result)),
        said: placed(result => {
          const saying = sayingOf(result)
          return saying && sayings.of(JSON.stringify(saying))
        }),
        past: placed(({ test }) => past.get(`${job.ref.id} ${test}`)),
      }
    }),
  )
  const coverage = coverageOf(view)
  return {
    run: runOf(view),
    columns: view.columns.map(columnOf),
    suites: suiteNames.texts.map(name => suites.get(name) ?? { name, title: name }),
    tests: tests.texts,
    lists: lists.texts.map(list => (list === '' ? [] : list.split(',').map(Number))),
    jobs,
    sayings: sayings.texts.map(text => JSON.parse(text) as Saying),
    comparisons: view.comparisons.map(
      ({ against, run, changes, unchanged, fresh }): ComparisonData => ({
        against,
        ...(run === undefined ? {} : { run: visibleLine(run) }),
        changes: changes.map(visibleChange),
        unchanged,
        fresh,
      }),
    ),
    ...(coverage === undefined ? {} : { coverage }),
  }
}

const visibleChange = ({ changed, ...change }: TestChange): TestChange => ({
  ...change,
  test: visibleLine(change.test),
  ...(changed === undefined
    ? {}
    : {
        changed: changed.map(({ what, from, to }) => {
          return { what, from: visibleLine(from), to: visibleLine(to) }
        }),
      }),
})

const suiteName = ({ ref }: JobView): string =>
  ref.mutant === undefined ? ref.suite : `${ref.mutant}/${ref.suite}`

function pastOf(view: RunView): Map<string, string> {
  const past = new Map<string, string>()
  for (const comparison of view.comparisons) {
    if (comparison.against !== 'last') continue
    for (const { job, test, ends } of comparison.past) past.set(`${job} ${test}`, ends)
  }
  return past
}

function runOf({ start, counts, end }: RunView): RunData {
  const { run, at, version, commit, argv, host } = start
  return {
    id: run,
    at,
    version,
    commit,
    argv: argv.map(visibleLine),
    host,
    counts,
    ...(end === undefined
      ? {}
      : {
          end: {
            durationMs: end.durationMs,
            exitCode: end.exitCode,
            interrupted: end.interrupted,
          },
        }),
  }
}

function columnOf({ kernel, series, release, flavour, built, failed }: ColumnView): ColumnData {
  return {
    ...{ kernel, series, release, flavour },
    ...(built === undefined
      ? {}
      : {
          built: {
            source: built.source,
            compiler: visibleLine(built.compiler),
            warnings: built.warnings.map(warning => visibleText(warning)),
            durationMs: built.durationMs,
          },
        }),
    ...(failed === undefined
      ? {}
      : { failed: { status: failed.status, problem: visibleProblem(failed.problem) } }),
  }
}

/** A location with a visible name. */
export const visiblePlace = ({ file, line }: SourceLine): SourceLine => ({
  file: visibleLine(file),
  line,
})

/** A problem with visible texts. */
export function visibleProblem({ kind, message, code, detail, at }: Problem): Problem {
  return {
    kind,
    message: visibleText(message),
    ...(code === undefined ? {} : { code }),
    ...(detail === undefined ? {} : { detail: visibleText(detail) }),
    ...(at === undefined ? {} : { at: visiblePlace(at) }),
  }
}

function coverageOf({ coverage }: RunView): CoverageData | undefined {
  if (coverage === undefined) return undefined
  return {
    files: coverage.files,
    gaps: coverage.gaps.map(gap => ({ ...gap, code: visibleLine(gap.code) })),
  }
}
