import { stringify } from 'yaml'
import { columnTitle } from '../../contract/column-title.js'
import type { JobRef, RunEvent, Status, TestEnd } from '../../contract/events.js'
import { escapeTerminal, oneLine } from '../../platform/text/text.js'
import { columnName } from '../../record/run-progress.js'
import type { BuildFailed } from '../../record/view.js'
import { notRunReason } from '../not-run.js'
import type { Reporter, Write } from '../reporter.js'
import { closingLine } from '../summary.js'
import { unguardedLines } from '../unguarded.js'

const MAX_TEXT_CHARACTERS = 20_000
const MAX_LINE_CHARACTERS = 2000

/** TAP 14 (testanything.org/tap-version-14-specification): an unescaped `#` begins a directive. */
const describe = (text: string): string =>
  oneLine(text, MAX_LINE_CHARACTERS).replaceAll('\\', '\\\\').replaceAll('#', '\\#')

/** Statuses that keep a job `ok`. */
const GOOD: readonly Status[] = ['pass', 'skip', 'xfail']

/** What a job or a column that could not be built is in the report, by its number there. */
type Point = (number: number) => string

/**
 * TAP 14: a subtest for each job, in the order of the plan: what ends before its turn waits for it.
 * A test that was not run is skipped with the reason, and its job is then not ok.
 */
export class TapReporter implements Reporter {
  readonly #write: Write
  readonly #results = new Map<string, TestEnd[]>()
  #jobs: readonly JobRef[] = []
  /** How many of the jobs were written. */
  #written = 0
  /** By the job's id or the column's name. */
  readonly #ready = new Map<string, Point>()
  readonly #unbuilt = new Set<string>()
  #points = 0

  constructor(write: Write) {
    this.#write = write
    write('TAP version 14\n')
  }

  take(event: RunEvent): void {
    if (event.type === 'plan') this.#jobs = event.jobs
    if (event.type === 'test-end') {
      const results = this.#results.get(event.job) ?? []
      results.push(event)
      this.#results.set(event.job, results)
    }
    if (event.type === 'build-failed') {
      this.#unbuilt.add(columnName(event))
      this.#ready.set(columnName(event), unbuiltPoint(event))
    }
    if (event.type === 'job-end') {
      this.#ready.set(event.job, jobPoint(event.job, this.#results.get(event.job) ?? []))
      this.#results.delete(event.job)
    }
    if (event.type === 'job-end' || event.type === 'build-failed') this.#writeReady(false)
    if (event.type !== 'run-end') return
    this.#writeReady(true)
    this.#write(`1..${this.#points}\n# ${closingLine(event.counts)}\n`)
  }

  /** @param isAll whether nothing more comes */
  #writeReady(isAll: boolean): void {
    for (let job = this.#jobs[this.#written]; job; job = this.#jobs[++this.#written]) {
      const column = columnName(job)
      const isNext = this.#ready.has(job.id) || this.#unbuilt.has(column)
      if (!isNext && !isAll) return
      this.#put(column)
      this.#put(job.id)
    }
    if (isAll) for (const name of [...this.#ready.keys()]) this.#put(name)
  }

  #put(name: string): void {
    const point = this.#ready.get(name)
    if (point === undefined) return
    this.#ready.delete(name)
    this.#write(point(++this.#points))
  }
}

const unbuiltPoint =
  (event: BuildFailed): Point =>
  number => {
    const expected = event.status === 'xfail' ? ` # TODO ${describe(event.reason ?? '')}` : ''
    const line = `not ok ${number} - ${describe(`${columnTitle(event)} is ready`)}${expected}\n`
    return line + diagnostics({ status: event.status, ...event.problem }, '  ')
  }

const jobPoint =
  (job: string, results: readonly TestEnd[]): Point =>
  number => {
    const ok = results.every(({ status }) => GOOD.includes(status))
    return [
      `# Subtest: ${describe(job)}\n`,
      ...results.map((result, index) => point(result, index + 1)),
      ...unguardedLines(results).map(line => `    # ${describe(line)}\n`),
      `    1..${results.length}\n`,
      `${ok ? 'ok' : 'not ok'} ${number} - ${describe(job)}\n`,
    ].join('')
  }

function point(result: TestEnd, number: number): string {
  const isNotRun = result.status === 'miss'
  const ok = result.status === 'pass' || result.status === 'skip' || isNotRun
  const why = isNotRun ? notRunReason(result.reason) : (result.reason ?? '')
  const isSkipped = isNotRun || result.status === 'skip'
  const directive = isSkipped ? ` # SKIP ${describe(why)}` : todo(result)
  const line = `    ${ok ? 'ok' : 'not ok'} ${number} - ${describe(result.test)}${directive}\n`
  const { status, attempt, durationMs, reason, cause, problems, findings, flaky } = result
  if (ok) return flaky === undefined ? line : line + diagnostics({ attempt, flaky }, '      ')
  return (
    line + diagnostics({ status, attempt, durationMs, reason, cause, problems, findings }, '      ')
  )
}

/** A failure that is expected, also of what passed nevertheless. */
function todo({ status, reason = '', xpass }: TestEnd): string {
  const expected = status === 'xfail' ? reason : xpass
  return expected === undefined ? '' : ` # TODO ${describe(expected)}`
}

/** A YAML block after a test point. */
function diagnostics(value: object, margin: string): string {
  const bounded = JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'string' ? escapeTerminal(part, MAX_TEXT_CHARACTERS) : part,
    ),
  ) as object
  const yaml = stringify(bounded, { lineWidth: 0 })
  const lines = ['---', ...yaml.trimEnd().split('\n'), '...']
  return lines.map(line => `${margin}${line}\n`).join('')
}
