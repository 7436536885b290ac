import pc from '../../platform/terminal/colours.js'
import { columnTitle } from '../../contract/column-title.js'
import type {
  Counts,
  EventOf,
  FailedTry,
  FaultSweep,
  FindingReport,
  JobRef,
  Problem,
  RunEvent,
  TestEnd,
} from '../../contract/events.js'
import { locationText } from '../../platform/text/source-text.js'
import { escapeTerminal, indented, oneLine, timesText } from '../../platform/text/text.js'
import { coverageTable } from './coverage.js'
import { PromiseTally } from './promise-tally.js'
import { viewOf } from '../../record/view.js'
import { headline } from '../evidence.js'
import type { Reporter, Write } from '../reporter.js'
import { Outline } from './outline.js'
import { closingLine, duration, interruptedLine, qualifyingLines } from '../summary.js'
import { matrixSummary, changesText, widthOf } from './terminal-summary.js'
import { unguardedLines } from '../unguarded.js'

const MARKS = {
  pass: pc.green('✓'),
  fail: pc.red('✗'),
  skip: pc.dim('○'),
  xfail: pc.dim('×'),
  error: pc.yellow('‼'),
  miss: pc.yellow('–'),
}

/** Tests listed by name that were not run for the same reason. */
const MAX_MISSES = 3

/** Further results with the same reason as earlier ones; the record lists them. */
function repeatedMisses(results: readonly TestEnd[]): ReadonlySet<TestEnd> {
  const omitted = new Set<TestEnd>()
  const counts = new Map<string | undefined, number>()
  for (const result of results) {
    if (result.status !== 'miss') continue
    const before = counts.get(result.reason) ?? 0
    counts.set(result.reason, before + 1)
    if (before >= MAX_MISSES) omitted.add(result)
  }
  return omitted
}

function markOf({ fail, error, miss }: Counts): string {
  if (fail > 0) return MARKS.fail
  if (error > 0) return MARKS.error
  return miss > 0 ? MARKS.miss : MARKS.pass
}

/** Behind the words of a line: its further lines are below them. */
const hanging = (message: string): string => indented(escapeTerminal(message), '    ').trimStart()

/** For people: a line for each suite, then details of each test that did not pass. */
export class PrettyReporter implements Reporter {
  readonly #write: Write
  readonly #closing: boolean
  readonly #outline = new Outline()
  readonly #jobs = new Map<string, JobRef>()
  readonly #titles = new Map<string, string>()
  readonly #results = new Map<string, TestEnd[]>()
  readonly #promises = new PromiseTally()
  #folder = ''

  /** @param closing false if the counts are part of a larger sum, and not printed */
  constructor(write: Write, { closing = true } = {}) {
    this.#write = write
    this.#closing = closing
  }

  take(event: RunEvent): void {
    this.#outline.take(event)
    if (event.type === 'run-start') this.#folder = event.folder
    if (event.type === 'plan') for (const job of event.jobs) this.#jobs.set(job.id, job)
    if (event.type === 'job-start') this.#titles.set(event.job, event.title)
    if (event.type === 'test-end') {
      const results = this.#results.get(event.job) ?? []
      results.push(event)
      this.#promises.take(event, this.#jobs.get(event.job))
      this.#results.set(event.job, results)
    }
    if (event.type === 'note') this.#write(pc.dim(`  ${oneLine(`${event.job}: ${event.text}`)}\n`))
    if (event.type === 'build-failed') {
      const why = event.reason === undefined ? '' : pc.dim(`  ${oneLine(event.reason)}`)
      this.#write(
        `${MARKS[event.status]} ${columnTitle(event)}: ${hanging(event.problem.message)}${why}\n`,
      )
      if (event.status !== 'xfail' && event.problem.detail !== undefined)
        this.#detail(event.problem.detail, '    ')
    }
    if (event.type === 'coverage') this.#write(coverageTable(event))
    if (event.type === 'job-end') this.#job(event)
    if (event.type === 'run-end') this.#end(event)
  }

  #end(event: EventOf<'run-end'>): void {
    const view = viewOf(this.#outline.events)
    const { columns, comparisons } = view
    if (columns.length > 1) this.#write(`\n${matrixSummary(view, widthOf(process.stdout))}`)
    else if (comparisons.length > 0) this.#write(changesText(view))
    this.#write(`\n${this.#promises.lines()}`)
    this.#write(`record: ${this.#folder} ${pc.dim(`(${duration(event.durationMs)})`)}\n`)
    if (event.interrupted) this.#write(pc.yellow(`${interruptedLine(view.start.run)}\n`))
    for (const line of qualifyingLines({ ...view, counts: event.counts })) this.#write(`${line}\n`)
    if (this.#closing) this.#write(`${closingLine(event.counts)}\n`)
  }

  #job(event: EventOf<'job-end'>): void {
    const results = this.#results.get(event.job) ?? []
    const job = this.#jobs.get(event.job)
    const { pass, fail, skip, xfail, error, miss, flaky } = event.counts
    // A job that never started is in the closing counts; a line for each would hide the reason.
    if (!this.#titles.has(event.job) && pass + fail + skip + xfail + error === 0) return
    const parts = [
      pc.green(`${pass} passed`),
      ...(flaky > 0 ? [pc.yellow(`${flaky} of them flaky`)] : []),
      ...(fail > 0 ? [pc.red(`${fail} failed`)] : []),
      ...(error > 0 ? [pc.yellow(`${error} in error`)] : []),
      ...(miss > 0 ? [pc.yellow(`${miss} not run`)] : []),
      ...(xfail > 0 ? [pc.dim(`${xfail} failed as expected`)] : []),
      ...(skip > 0 ? [pc.dim(`${skip} skipped`)] : []),
    ]
    const kernel = job === undefined ? event.job : columnTitle(job)
    const title = oneLine(this.#titles.get(event.job) ?? job?.suite ?? '')
    const mark = markOf(event.counts)
    this.#write(
      `${mark} ${pc.dim(kernel)} ${title}  ${parts.join(', ')} ${pc.dim(duration(event.durationMs))}\n`,
    )
    const reasons = new Set(results.map(result => result.reason ?? result.status))
    // If the whole suite is skipped, print the reason once.
    const alike = reasons.size === 1 && results.every(result => result.status === 'skip')
    if (alike) this.#write(pc.dim(`  ${MARKS.skip} ${oneLine([...reasons][0] ?? '')}\n`))
    const omitted = repeatedMisses(results)
    for (const result of alike ? [] : results) {
      if (result.status === 'miss' && omitted.has(result)) continue
      if (result.status !== 'pass') this.#result(result)
      else if (result.flaky !== undefined) this.#flaky(result, result.flaky)
      for (const sweep of result.sweeps ?? []) this.#sweep(sweep)
      // Other findings are already in the problems.
      for (const finding of result.findings) {
        if (finding.allowed !== undefined) this.#finding(finding, finding.allowed)
      }
    }
    for (const line of unguardedLines(results))
      this.#write(pc.dim(`  ${MARKS.skip} ${oneLine(line)}\n`))
    const omittedReasons = [...omitted].map(({ reason = 'miss' }) => reason)
    for (const reason of new Set(omittedReasons)) {
      const { length } = omittedReasons.filter(one => one === reason)
      this.#write(pc.dim(`  ${MARKS.miss} … and ${length} more: ${oneLine(reason)}\n`))
    }
    this.#results.delete(event.job)
  }

  #result(result: TestEnd): void {
    const tries = result.attempt > 1 ? pc.dim(` (try ${result.attempt})`) : ''
    // Of an expected failure, the cause is no news.
    const why = result.status === 'xfail' ? result.reason : (result.cause ?? result.reason)
    const tail = why === undefined ? '' : pc.dim(`  ${oneLine(why)}`)
    this.#write(`  ${MARKS[result.status]} ${oneLine(result.test)}${tries}${tail}\n`)
    // What was expected needs no details here; the record has them.
    if (result.status === 'xfail') return
    for (const problem of result.problems) this.#problem(problem)
  }

  /** A test that passed on a retry: the first failure in a line. */
  #flaky({ test, attempt }: TestEnd, first: FailedTry): void {
    const tries = pc.dim(` (passed on try ${attempt}; at first: ${oneLine(headline(first), 400)})`)
    this.#write(`  ${pc.yellow('~')} ${oneLine(test)}${tries}\n`)
  }

  #problem(problem: Problem): void {
    const at = problem.at === undefined ? '' : pc.dim(`  ${oneLine(locationText(problem.at))}`)
    this.#write(`${indented(escapeTerminal(problem.message), '      ')}${at}\n`)
    if (problem.detail !== undefined) this.#detail(problem.detail, '        ')
  }

  #detail(detail: string, margin: string): void {
    this.#write(`${indented(escapeTerminal(detail), margin)}\n`)
  }

  #sweep({ scenario, points, tolerated }: FaultSweep): void {
    const summary = `${points} points of failure, ${tolerated} of them tolerated`
    this.#write(pc.dim(`    ${oneLine(scenario)}: ${summary}\n`))
  }

  #finding({ kind, title, count }: FindingReport, reason: string): void {
    this.#write(
      pc.dim(`      allowed: ${oneLine(`${kind}: ${title}${timesText(count)}`)} (${reason})\n`),
    )
  }
}
