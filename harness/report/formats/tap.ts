import { stringify } from 'yaml'
import { columnTitle } from '../../contract/column-title.js'
import type { RunEvent, Status, TestEnd } from '../../contract/events.js'
import { escapeTerminal, oneLine } from '../../platform/text/text.js'
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

/**
 * TAP 14: a subtest for each job, written when the job ends, so that parallel jobs do not mix.
 * A test that was not run is skipped with the reason, and its job is then not ok.
 */
export class TapReporter implements Reporter {
  readonly #write: Write
  readonly #results = new Map<string, TestEnd[]>()
  #points = 0

  constructor(write: Write) {
    this.#write = write
    write('TAP version 14\n')
  }

  take(event: RunEvent): void {
    if (event.type === 'test-end') {
      const results = this.#results.get(event.job) ?? []
      results.push(event)
      this.#results.set(event.job, results)
    }
    if (event.type === 'build-failed') {
      this.#write(
        `not ok ${++this.#points} - ${describe(`${columnTitle(event)} is ready`)}${event.status === 'xfail' ? ` # TODO ${describe(event.reason ?? '')}` : ''}\n`,
      )
      this.#write(diagnostics({ status: event.status, ...event.problem }, '  '))
    }
    if (event.type === 'job-end') {
      const results = this.#results.get(event.job) ?? []
      this.#write(`# Subtest: ${describe(event.job)}\n`)
      results.forEach((result, index) => this.#write(point(result, index + 1)))
      for (const line of unguardedLines(results)) this.#write(`    # ${describe(line)}\n`)
      this.#write(`    1..${results.length}\n`)
      const ok = results.every(({ status }) => GOOD.includes(status))
      this.#write(`${ok ? 'ok' : 'not ok'} ${++this.#points} - ${describe(event.job)}\n`)
      this.#results.delete(event.job)
    }
    if (event.type === 'run-end')
      this.#write(`1..${this.#points}\n# ${closingLine(event.counts)}\n`)
  }
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
