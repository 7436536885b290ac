import { createHash } from 'node:crypto'
import { columnTitle, kernelTitle } from '../../contract/column-title.js'
import type { Status, TestEnd } from '../../contract/events.js'
import type { ColumnView, JobView, RunView } from '../../record/view.js'
import { clip, escapeTerminal } from '../../platform/text/text.js'
import { locationText } from '../../platform/text/source-text.js'
import { findingsText, headline, problemsText } from '../evidence.js'
import { jsonText } from './json-text.js'

const ORIGIN = 'modprove'
const MAX_EXCERPT_CHARACTERS = 16_384
const MAX_COMMENT_CHARACTERS = 1000

const STATUSES: Readonly<Record<Status, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  skip: 'SKIP',
  // It ran, and its result is neither good nor news.
  xfail: 'DONE',
  error: 'ERROR',
  miss: 'MISS',
}

/** Removes what the JSON schema calls null characters, and cuts the text. */
const text = (value: string, limitCharacters = MAX_COMMENT_CHARACTERS): string =>
  escapeTerminal(value, limitCharacters)

const excerpt = (value: string): string =>
  // Escapes lengthen the text, so it is cut again.
  clip(text(value, MAX_EXCERPT_CHARACTERS / 2), MAX_EXCERPT_CHARACTERS - 100)

const id = (...parts: readonly string[]): string =>
  `${ORIGIN}:${parts.map(part => text(part)).join('/')}`
const digest = (value: string): string =>
  createHash('sha256').update(value).digest('hex').slice(0, 16)

/**
 * A submission to KCIDB, kernelci.org's common database (https://github.com/kernelci/kcidb-io,
 * schema 5.3): a checkout for each kernel, a build for each column, a test for each result, an
 * issue for each finding, and an incident for each test with that finding.
 */
export function kcidb(view: RunView): string {
  const tests = view.columns.flatMap(column =>
    column.failed === undefined ? testsOf(view, column) : [],
  )
  const report = {
    version: { major: 5, minor: 3 },
    checkouts: checkouts(view),
    builds: view.columns.map(column => build(view, column)),
    tests: tests.map(({ test }) => test),
    ...issues(tests),
  }
  return `${jsonText(report)}\n`
}

const checkoutId = ({ start }: RunView, column: ColumnView): string =>
  id(start.run, kernelTitle(column))
const buildId = ({ start }: RunView, column: ColumnView): string =>
  id(start.run, columnTitle(column))

function checkouts(view: RunView): object[] {
  const { start } = view
  const found = new Map<string, object>()
  for (const column of view.columns) {
    const key = checkoutId(view, column)
    const { source } = column.built ?? {}
    if (found.has(key) && source === undefined) continue
    found.set(key, {
      id: key,
      origin: ORIGIN,
      comment: text(source ?? kernelTitle(column)),
      start_time: start.at,
      valid: true,
      misc: { series: column.series, release: column.release },
    })
  }
  return [...found.values()]
}

function build(view: RunView, column: ColumnView): object {
  const { start } = view
  const { flavour, built, failed } = column
  const status = failed?.status ?? (built === undefined ? 'miss' : 'pass')
  const log = failed === undefined ? [] : [failed.problem.message, failed.problem.detail ?? '']
  return {
    id: buildId(view, column),
    checkout_id: checkoutId(view, column),
    origin: ORIGIN,
    config_name: text(flavour),
    status: STATUSES[status],
    ...(built && { compiler: text(built.compiler), duration: built.durationMs / 1000 }),
    ...(log.length === 0 ? {} : { log_excerpt: excerpt(log.join('\n')) }),
    misc: {
      module_commit: start.commit ?? 'unknown',
      module_content: start.content.module,
      ...(built && { key: built.key, warnings: built.warnings.length }),
    },
  }
}

interface TestEntry {
  readonly test: { readonly id: string }
  readonly result: TestEnd
}

function testsOf(view: RunView, column: ColumnView): TestEntry[] {
  return column.jobs.flatMap(job =>
    job.results.map(result => ({ test: test(view, column, job, result), result })),
  )
}

function test(view: RunView, column: ColumnView, job: JobView, result: TestEnd) {
  const { status, durationMs, flaky, attempt, cause, reason, unguarded } = result
  const evidence = flaky ?? result
  const log = [problemsText(evidence, 8000), findingsText(evidence, 8000)].join('\n').trim()
  return {
    id: id(view.start.run, job.ref.id, digest(result.test)),
    build_id: buildId(view, column),
    origin: ORIGIN,
    path: [ORIGIN, job.ref.suite, result.test].map(pathPart).join('.'),
    comment: text(result.test),
    status: STATUSES[status],
    ...(job.at === undefined ? {} : { start_time: job.at }),
    duration: durationMs / 1000,
    ...(log === '' ? {} : { log_excerpt: excerpt(log) }),
    environment: {
      comment: text(`${view.start.host.qemu}, ${view.start.host.accelerator}`),
    },
    misc: {
      run: view.start.run,
      job: job.ref.id,
      attempt,
      ...(cause !== undefined && { cause: text(cause) }),
      ...(reason !== undefined && { reason: text(reason) }),
      ...(unguarded && { unguarded: unguarded.map(check => text(check)) }),
      ...(flaky && { flaky: { status: STATUSES[flaky.status], why: text(headline(flaky)) } }),
    },
  }
}

const MAX_PART_CHARACTERS = 100

/** Makes a node of a test's path: letters, digits, `_` and `-`. */
const pathPart = (name: string): string =>
  clip(name, MAX_PART_CHARACTERS)
    .slice(0, MAX_PART_CHARACTERS)
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '') || '_'

/** Issues by the title of a finding, which is stable across runs; without known false alarms. */
function issues(tests: readonly TestEntry[]): { issues: object[]; incidents: object[] } {
  const found = new Map<string, object>()
  const incidents = new Map<string, object>()
  for (const { test, result } of tests) {
    for (const { kind, title, location, allowed } of result.flaky?.findings ?? result.findings) {
      if (allowed !== undefined) continue
      const key = digest(`${kind} ${title} ${location?.file ?? ''}`)
      const issueId = id('issue', key)
      found.set(key, {
        id: issueId,
        version: 1,
        origin: ORIGIN,
        report_subject: text(`${kind}: ${title}`),
        culprit: { code: true },
        ...(location === undefined ? {} : { comment: text(locationText(location)) }),
      })
      const incident = id('incident', digest(`${test.id} ${key}`))
      incidents.set(incident, {
        id: incident,
        origin: ORIGIN,
        issue_id: issueId,
        issue_version: 1,
        test_id: test.id,
        present: true,
      })
    }
  }
  return { issues: [...found.values()], incidents: [...incidents.values()] }
}
