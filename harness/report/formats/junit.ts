import { columnTitle } from '../../contract/column-title.js'
import type { FailedTry, TestEnd } from '../../contract/events.js'
import type { BuildFailed, ColumnView, JobView, RunView } from '../../record/view.js'
import { clip } from '../../platform/text/text.js'
import { findingsText, headline, problemsText, type Evidence } from '../evidence.js'
import { notRunByReason, notRunReason, notRunText } from '../not-run.js'
import { unguardedLines } from '../unguarded.js'
import { element, openTag, xmlText } from './xml.js'

const MAX_TEXT_CHARACTERS = 20_000

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

/**
 * JUnit XML, as Jenkins, GitLab and others read it: a `testsuite` for each job; `failure` if the
 * module failed, `error` if its result is unknown, `flakyFailure` beside a pass (Maven Surefire).
 * A test that was not run is `skipped` with the reason, and an extra `testsuite` is in `error`, so
 * that an incomplete run is never green. There is no standard: `testdata/junit.xsd` has the rules
 * that are checked, and their sources.
 */
export function* junit(view: RunView): Generator<string> {
  const { pass, fail, skip, error, miss } = view.counts
  const time = seconds(view.end?.durationMs ?? 0)
  const attributes = {
    name: 'modprove',
    tests: pass + fail + skip + error + miss + (miss > 0 ? 1 : 0),
    failures: fail,
    errors: error + (miss > 0 ? 1 : 0),
    time,
  }
  yield `<?xml version="1.0" encoding="UTF-8"?>\n${openTag('testsuites', attributes)}\n`
  for (const column of view.columns) {
    if (column.failed !== undefined) yield unbuiltSuite(view, column, column.failed)
    else for (const job of column.jobs) yield* jobSuite(view, column, job)
  }
  if (miss > 0) yield incompleteSuite(view)
  yield '</testsuites>\n'
}

function* jobSuite(view: RunView, column: ColumnView, job: JobView): Generator<string> {
  const { pass, fail, skip, xfail, error, miss } = job.counts
  const attributes = {
    name: job.ref.id,
    tests: pass + fail + skip + xfail + error + miss,
    failures: fail,
    errors: error,
    // As pytest counts them.
    skipped: skip + xfail + miss,
    time: seconds(job.durationMs),
    timestamp: job.at,
  }
  yield `${openTag('testsuite', attributes)}\n${properties(view, column, job)}\n`
  for (const result of job.results) yield `${testcase(job, result)}\n`
  yield '</testsuite>\n'
}

function unbuiltSuite(
  view: RunView,
  column: ColumnView,
  { status, problem, reason }: BuildFailed,
): string {
  const names = [groupOf(column), 'build', 'kernel, module and machine come up'] as const
  if (status === 'xfail')
    return oneTestSuite(names, {}, properties(view, column), expectedFailure(reason))
  const evidence = { problems: [problem], findings: [], status }
  return notPassedSuite(names, status, properties(view, column), notPassed(status, evidence))
}

function incompleteSuite(view: RunView): string {
  const all = notRunByReason(view)
  const total = all.reduce((sum, { tests }) => sum + tests, 0)
  const message = `${total} ${total === 1 ? 'test was' : 'tests were'} not run`
  const reasons = all.map(one => `${notRunText(one)}: ${one.reason}`).join('\n')
  const text = xmlText(clip(reasons, MAX_TEXT_CHARACTERS))
  const error = element('error', { type: 'not-run', message }, text)
  const names = ['modprove', 'run', 'all planned tests are run'] as const
  return notPassedSuite(names, 'error', propertiesOf({ run: view.start.run }), error)
}

/** A column in a `classname`: `6.1.192-plain`. */
const groupOf = (column: Parameters<typeof columnTitle>[0]): string =>
  columnTitle(column).replaceAll(' ', '-')

type SuiteNames = readonly [group: string, suite: string, test: string]

function notPassedSuite(
  names: SuiteNames,
  status: 'fail' | 'error',
  properties: string,
  content: string,
): string {
  const failures = status === 'fail' ? 1 : 0
  return oneTestSuite(names, { failures, errors: 1 - failures, skipped: 0 }, properties, content)
}

/** A suite that is none, with one test; skipped by default. */
function oneTestSuite(
  [group, suite, name]: SuiteNames,
  { failures = 0, errors = 0, skipped = 1 },
  properties: string,
  content: string,
): string {
  const counts = { tests: 1, failures, errors, skipped }
  const time = seconds(0)
  const own = element('testcase', { name, classname: `${group}.${suite}`, time }, content)
  const attributes = { name: `${group}/${suite}`, ...counts, time }
  return `${element('testsuite', attributes, `\n${properties}\n${own}\n`)}\n`
}

function properties({ start }: RunView, column: ColumnView, job?: JobView): string {
  const { kernel, series, release, flavour, built } = column
  return propertiesOf({
    run: start.run,
    commit: start.commit ?? undefined,
    kernel,
    series,
    release,
    flavour,
    suite: job?.ref.suite,
    title: job?.title,
    mutant: job?.ref.mutant,
    source: built?.source,
    compiler: built?.compiler,
    qemu: start.host.qemu,
    accelerator: start.host.accelerator,
    unguarded: job && (unguardedLines(job.results).join('; ') || undefined),
  })
}

function propertiesOf(all: Readonly<Record<string, string | undefined>>): string {
  const each = Object.entries(all).map(([name, value]) =>
    value === undefined ? '' : element('property', { name, value }),
  )
  return element('properties', {}, each.join(''))
}

function testcase({ ref }: JobView, result: TestEnd): string {
  const { test, status, durationMs, reason, flaky } = result
  const classname = `${groupOf(ref)}.${ref.suite}`
  const parts = [
    ...(status === 'skip' ? [element('skipped', { message: reason ?? '' })] : []),
    ...(status === 'xfail' ? [expectedFailure(reason)] : []),
    ...(status === 'miss' ? [element('skipped', { message: notRunReason(reason) })] : []),
    ...(status === 'fail' || status === 'error' ? [notPassed(status, result)] : []),
    ...(flaky === undefined ? [] : [flakyTry(flaky)]),
    ...(result.findings.length === 0 ? [] : [output(result)]),
  ]
  const attributes = { name: test, classname, time: seconds(durationMs) }
  return element('testcase', attributes, parts.join(''))
}

/** A message alone: Surefire's description of `skipped` has no type. */
const expectedFailure = (reason = ''): string =>
  element('skipped', { message: `failed as expected: ${reason}` })

const notPassed = (status: 'fail' | 'error', evidence: Evidence): string =>
  element(
    status === 'fail' ? 'failure' : 'error',
    { type: typeOf(status, evidence), message: headline(evidence) },
    xmlText(problemsText(evidence, MAX_TEXT_CHARACTERS)),
  )

const typeOf = (status: string, { cause, findings }: Evidence): string =>
  findings.find(({ allowed }) => allowed === undefined)?.kind ?? cause ?? status

const flakyTry = (evidence: FailedTry): string =>
  element(
    evidence.status === 'fail' ? 'flakyFailure' : 'flakyError',
    { type: typeOf(evidence.status, evidence), message: headline(evidence) },
    element('stackTrace', {}, xmlText(problemsText(evidence, MAX_TEXT_CHARACTERS))),
  )

const output = (evidence: Evidence): string =>
  element('system-out', {}, xmlText(findingsText(evidence, MAX_TEXT_CHARACTERS)))
