import pc from '../platform/colours.js'
import type { Comparison, RunView } from '../record/view.js'
import { oneLine } from '../platform/text.js'
import { alike, type Alike } from './alike.js'
import { matrixOf } from './matrix.js'
import { matrixTable } from './matrix-table.js'
import { notRun, notRunText } from './not-run.js'
import { closingLine, duration, interruptedLine, qualifyingLines } from './summary.js'
import { unguardedJobs } from './unguarded.js'
import {
  buildChange,
  changedTest,
  concerns,
  notables,
  sinceText,
  type Concern,
  type Notable,
} from './notable.js'

const LONGEST_LINE_CHARACTERS = 400
/** Of one kind: a kernel that does not boot would fill the screen; the record has the rest. */
const MOST_LINES = 40

const LOOKS: Readonly<Record<Concern, readonly [title: string, mark: string]>> = {
  regressed: ['regressed', pc.red('✗')],
  failed: ['failed', pc.red('✗')],
  flaky: ['flaky: failed, and passed when tried again', pc.yellow('~')],
  lost: ['lost: no verdict on the module', pc.yellow('‼')],
}
const NOT_RUN = pc.yellow('–')

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
  const found = notables(view)
  const parts = [...unbuilt(view), ...concerns.map(concern => list(concern, found))]
  return [...parts, ...withoutRun(view)].join('')
}

function* withoutRun(view: RunView): Generator<string> {
  const all = notRun(view)
  if (all.length > 0) yield pc.bold('\nnot run\n')
  for (const one of all.slice(0, MOST_LINES))
    yield `  ${NOT_RUN} ${oneLine(`${notRunText(one)}: ${one.reason}`, LONGEST_LINE_CHARACTERS)}\n`
  yield more(all.length)
}

function* unguarded(view: RunView): Generator<string> {
  const all = unguardedJobs(view)
  if (all.length > 0) yield pc.bold('\nnot fully checked\n')
  for (const { ref, line } of all.slice(0, MOST_LINES))
    yield `  ${pc.dim(`${ref.release} ${ref.flavour}`)} ${ref.suite}: ${oneLine(line, LONGEST_LINE_CHARACTERS)}\n`
  yield more(all.length)
}

function* unbuilt(view: RunView): Generator<string> {
  const lost = view.columns.filter(({ failed }) => failed !== undefined)
  if (lost.length > 0) yield pc.bold('\nnot ready\n')
  for (const column of lost) {
    const { release, flavour, failed } = column
    const why = oneLine(failed?.problem.message ?? '', LONGEST_LINE_CHARACTERS)
    yield `  ${LOOKS[failed?.status === 'fail' ? 'failed' : 'lost'][1]} ${release} ${flavour}: ${why}\n`
    const change = buildChange(view, column)
    yield noteLine(change && sinceText(change))
  }
}

function list(concern: Concern, all: readonly Notable[]): string {
  const [title, mark] = LOOKS[concern]
  const found = alike(all.filter(notable => notable.concern === concern))
  if (found.length === 0) return ''
  const shown = found.slice(0, MOST_LINES)
  const lines = shown.map((one, at) => {
    // A reason that several share is printed after the last of them.
    const isLast = one.since !== shown[at + 1]?.since
    const isOnly = one.since !== shown[at - 1]?.since
    const since = one.since && (isOnly ? one.since : `each of these ${one.since}`)
    return `${entry(mark, one)}${isLast ? noteLine(since) : ''}`
  })
  return `\n${pc.bold(title)}\n${lines.join('')}${more(found.length)}`
}

const more = (length: number): string =>
  length > MOST_LINES ? pc.dim(`  … and ${length - MOST_LINES} more\n`) : ''

const noteLine = (note: string | undefined): string =>
  note === undefined ? '' : `      ${oneLine(note, LONGEST_LINE_CHARACTERS)}\n`

function entry(mark: string, { suite, test, columns, place, headline, flaky }: Alike): string {
  const [column = ''] = columns
  const one = columns.length === 1
  const name = oneLine(test, LONGEST_LINE_CHARACTERS)
  const where = place === undefined ? '' : `${oneLine(place)}  `
  const lines = [
    `  ${mark} ${one ? `${pc.dim(column)} ` : ''}${suite}: ${name}\n`,
    one ? '' : pc.dim(noteLine(`on ${columns.join(', ')}`)),
    noteLine(`${where}${headline}`),
    noteLine(flaky),
  ]
  return lines.join('')
}

/** Changes that need no attention; the others are listed above. */
function compared({ against, run, changes, unchanged, fresh }: Comparison): string {
  if (changes.length === 0 && unchanged === 0) return ''
  const of = (which: string) => changes.filter(({ change }) => change === which)
  const listed = (['fixed', 'new', 'gone'] as const).flatMap(which => {
    const own = of(which)
    const lines = own
      .slice(0, MOST_LINES)
      .map(
        change =>
          `  ${pc.dim(`${change.kernel} ${change.flavour}`)} ${oneLine(changedTest(change), LONGEST_LINE_CHARACTERS)}\n`,
      )
    return own.length === 0 ? [] : [`\n${pc.bold(which)}\n`, ...lines, more(own.length)]
  })
  const counts = (
    ['regressed', 'still-failing', 'flaky', 'lost', 'not-run', 'fixed', 'new', 'gone'] as const
  ).flatMap(which => (of(which).length === 0 ? [] : [`${of(which).length} ${which}`]))
  const rest = [
    ...counts,
    `${unchanged} as before`,
    ...(fresh === 0
      ? []
      : [`${fresh} ${fresh === 1 ? 'suite' : 'suites'} with nothing to compare with`]),
  ]
  const other = against === 'last' ? 'the last runs' : `the baseline ${run ?? ''}`.trimEnd()
  return `${listed.join('')}\ncompared with ${other}: ${rest.join(', ')}\n`
}

/** A recorded run for a terminal. */
export function* terminalSummary(view: RunView, folder: string, widthCharacters: number) {
  const { start, end, counts } = view
  yield matrixSummary(view, widthCharacters)
  yield* unguarded(view)
  yield '\n'
  const lasted = end === undefined ? 'cut off' : duration(end.durationMs)
  yield `run ${start.run} of ${start.at} ${pc.dim(`(${lasted})`)}\nrecord: ${folder}\n`
  if (end === undefined || end.interrupted) yield pc.yellow(`${interruptedLine(start.run)}\n`)
  for (const line of qualifyingLines(view)) yield `${line}\n`
  yield `${closingLine(counts)}\n`
}
