import { columnTitle } from '../../contract/column-title.js'
import pc from '../../platform/terminal/colours.js'
import type { Comparison, RunView } from '../../record/view.js'
import { oneLine } from '../../platform/text/text.js'
import { groupResults, type ResultGroup } from './result-groups.js'
import { matrixOf } from '../matrix.js'
import { matrixTable } from './matrix-table.js'
import { notRunByReason, notRunText } from '../not-run.js'
import { closingLine, duration, interruptedLine, qualifyingLines } from '../summary.js'
import { unguardedJobs } from '../unguarded.js'
import {
  changeCounts,
  changedTest,
  concerns,
  badResults,
  sinceBuilt,
  type Concern,
  type BadResult,
} from '../bad-results.js'

const MAX_LINE_CHARACTERS = 400
/** Of one kind: a kernel that does not boot would fill the screen; the record has the rest. */
const MAX_LINES = 40

const LOOKS: Readonly<Record<Concern, readonly [title: string, mark: string]>> = {
  regressed: ['regressed', pc.red('✗')],
  failed: ['failed', pc.red('✗')],
  flaky: ['flaky: failed, and passed when tried again', pc.yellow('~')],
  lost: ['lost: no verdict on the module', pc.yellow('‼')],
}
const NOT_RUN = pc.yellow('–')
const EXPECTED = pc.dim('×')

/** Without a terminal: in a log or a file. */
const USUAL_WIDTH_CHARACTERS = 120

export const widthOf = (stream: { readonly columns?: number }): number =>
  stream.columns ?? USUAL_WIDTH_CHARACTERS

/** For people: the matrix as a table, then what needs attention, the worst first. */
export const matrixSummary = (view: RunView, widthCharacters: number): string =>
  `${matrixTable(matrixOf(view), widthCharacters)}${changesText(view)}`

/** What needs attention, and what changed. */
export const changesText = (view: RunView): string =>
  [needsAttention(view), ...view.comparisons.map(compared)].join('')

/** Tests that regressed, failed, were flaky, lost or not run, and failed builds; may be empty. */
export function needsAttention(view: RunView): string {
  const found = badResults(view)
  const lists = concerns.map(concern => list(concern, found))
  return [unbuilt(view), ...lists, withoutRun(view)].join('')
}

/** A heading and its lines, as many as a screen takes; empty without lines. */
function section(title: string, lines: readonly string[], most = MAX_LINES): string {
  if (lines.length === 0) return ''
  const left = lines.length - most
  const more = left > 0 ? pc.dim(`  … and ${left} more\n`) : ''
  return `\n${pc.bold(title)}\n${lines.slice(0, most).join('')}${more}`
}

const withoutRun = (view: RunView): string =>
  section(
    'not run',
    notRunByReason(view).map(one => `  ${NOT_RUN} ${short(`${notRunText(one)}: ${one.reason}`)}\n`),
  )

const unguarded = (view: RunView): string =>
  section(
    'not fully checked',
    unguardedJobs(view).map(({ ref, line }) => {
      return `  ${pc.dim(columnTitle(ref))} ${ref.suite}: ${short(line)}\n`
    }),
  )

function unbuilt(view: RunView): string {
  const lines = view.columns.flatMap(column => {
    const { failed } = column
    if (failed === undefined) return []
    const isExpected = failed.status === 'xfail'
    const mark = isExpected ? EXPECTED : LOOKS[failed.status === 'fail' ? 'failed' : 'lost'][1]
    const line = `  ${mark} ${columnTitle(column)}: ${short(failed.problem.message)}\n`
    return [line + noteLine(failed.reason ?? sinceBuilt(view, column))]
  })
  return section('not ready', lines, Infinity)
}

function list(concern: Concern, all: readonly BadResult[]): string {
  const [title, mark] = LOOKS[concern]
  const found = groupResults(all.filter(each => each.concern === concern))
  const lines = found.map((one, at) => {
    // A reason that several share is printed after the last of them.
    const isLast = one.since !== found[at + 1]?.since || at === MAX_LINES - 1
    const isOnly = one.since !== found[at - 1]?.since
    const since = one.since && (isOnly ? one.since : `each of these ${one.since}`)
    return `${entry(mark, one)}${isLast ? noteLine(since) : ''}`
  })
  return section(title, lines)
}

const short = (text: string): string => oneLine(text, MAX_LINE_CHARACTERS)

const noteLine = (note: string | undefined): string =>
  note === undefined ? '' : `      ${short(note)}\n`

function entry(
  mark: string,
  { suite, test, columns, where, headline, flaky }: ResultGroup,
): string {
  const [column = ''] = columns
  const one = columns.length === 1
  const lines = [
    `  ${mark} ${one ? `${pc.dim(column)} ` : ''}${suite}: ${short(test)}\n`,
    one ? '' : pc.dim(noteLine(`on ${columns.join(', ')}`)),
    noteLine(where === undefined ? headline : `${oneLine(where)}  ${headline}`),
    noteLine(flaky),
  ]
  return lines.join('')
}

/** Changes that need no attention; the others are listed above. */
function compared(comparison: Comparison): string {
  const { against, run = '', changes, unchanged, fresh } = comparison
  if (changes.length === 0 && unchanged === 0) return ''
  const listed = ['fixed', 'new', 'gone'].map(which => {
    const own = changes.filter(({ change }) => change === which)
    const lines = own.map(change => {
      return `  ${pc.dim(columnTitle(change))} ${short(changedTest(change))}\n`
    })
    return section(which, lines)
  })
  const suites = `${fresh} ${fresh === 1 ? 'suite' : 'suites'} with nothing to compare with`
  const counts = [...changeCounts(comparison), ...(fresh === 0 ? [] : [suites])]
  const other = against === 'last' ? 'the last runs' : `the baseline ${run}`.trimEnd()
  return `${listed.join('')}\ncompared with ${other}: ${counts.join(', ')}\n`
}

/** A recorded run for a terminal. */
export function* terminalSummary(view: RunView, folder: string, widthCharacters: number) {
  const { start, end, counts } = view
  yield matrixSummary(view, widthCharacters)
  yield unguarded(view)
  yield '\n'
  const lasted = end === undefined ? 'cut off' : duration(end.durationMs)
  yield `run ${start.run} of ${start.at} ${pc.dim(`(${lasted})`)}\nrecord: ${folder}\n`
  if (end === undefined || end.interrupted) yield pc.yellow(`${interruptedLine(start.run)}\n`)
  for (const line of qualifyingLines(view)) yield `${line}\n`
  yield `${closingLine(counts)}\n`
}
