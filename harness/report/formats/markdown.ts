import { columnTitle } from '../../contract/column-title.js'
import type { RunView } from '../../record/view.js'
import { locationText } from '../../platform/text/source-text.js'
import { findingsText, headline, problemsText } from '../evidence.js'
import { shellQuote } from '../../platform/text/text.js'
import { LIST_BYTES, section } from './markdown-list.js'
import { table } from './markdown-table.js'
import { code, codeBlock, html } from './markdown-text.js'
import {
  changeCounts,
  concerns,
  badResults,
  sinceBuilt,
  type Concern,
  type BadResult,
} from '../bad-results.js'
import { notRunByReason, notRunText } from '../not-run.js'
import { closingLine, duration, qualifyingLines } from '../summary.js'
import { unguardedJobs } from '../unguarded.js'

/** GitHub rejects a step's summary of more than 1 MiB as a whole. */
const BUDGET_BYTES = 1_000_000
const DETAIL_CHARACTERS = 6000
/** Reserved for the line that says how much is left out. */
const LAST_LINE_BYTES = 200

const CONCERNS: Readonly<Record<Concern, readonly [title: string, mark: string]>> = {
  regressed: ['Regressed', '❌'],
  failed: ['Failed', '❌'],
  flaky: ['Flaky: failed, and passed when tried again', '🔁'],
  lost: ['Lost: no verdict on the module', '⚠️'],
}

/**
 * Markdown for GitHub's step summary (GitHub Flavored Markdown): the matrix, what needs attention,
 * and the folded evidence. Text from a guest or a suite is always code.
 */
export function* markdown(view: RunView): Generator<string> {
  const found = badResults(view)
  const parts = [
    head(view),
    table(view),
    unbuilt(view),
    ...concerns.map(one => list(one, found)),
    withoutRun(view),
    unguarded(view),
    compared(view),
  ]
  yield* parts
  yield* details(found, BUDGET_BYTES - Buffer.byteLength(parts.join('')), view.start.run)
}

function head(view: RunView): string {
  const { start, end, counts, columns } = view
  const lost = counts.error + counts.miss > 0 || end === undefined || end.interrupted
  const unbuilt = columns.some(({ failed }) => failed !== undefined && failed.status !== 'xfail')
  const mark = counts.fail > 0 ? '❌' : lost || unbuilt ? '⚠️' : '✅'
  const about = [
    `run ${code(start.run)}`,
    ...(start.commit === null ? [] : [`commit ${code(start.commit.slice(0, 12))}`]),
    code(start.host.qemu),
    code(start.host.accelerator),
    end === undefined ? 'cut off: results are incomplete' : duration(end.durationMs),
    ...(end?.interrupted === true ? ['interrupted: results are incomplete'] : []),
  ]
  const lines = qualifyingLines(view, code)
  return [`## ${mark} ${closingLine(counts)}`, about.join(' · '), ...lines, ''].join('\n\n')
}

function unbuilt(view: RunView): string {
  const items = view.columns.flatMap(column => {
    const { failed } = column
    if (failed === undefined) return []
    const { message, detail } = failed.problem
    const since = failed.reason ?? sinceBuilt(view, column)
    return [
      `- ${failed.status === 'xfail' ? '❎' : '🚫'} ${code(columnTitle(column))}: ${code(message)}\n` +
        (since === undefined ? '' : `  - ${code(since)}\n`) +
        (detail === undefined ? '' : `\n${folded('details', detail)}\n`),
    ]
  })
  return section('Not ready', items, LIST_BYTES)
}

function list(concern: Concern, all: readonly BadResult[]): string {
  const own = all.filter(result => result.concern === concern)
  const [title, mark] = CONCERNS[concern]
  const items = own.map(result => `- ${mark} ${entry(result)}\n`)
  return section(`${title} (${own.length})`, items)
}

function withoutRun(view: RunView): string {
  const all = notRunByReason(view)
  const total = all.reduce((sum, { tests }) => sum + tests, 0)
  const items = all.map(one => `- ➖ ${notRunText(one)}: ${code(one.reason)}\n`)
  return section(`Not run (${total})`, items)
}

function unguarded(view: RunView): string {
  const items = unguardedJobs(view).map(
    ({ ref, line }) => `- ⚠️ ${code(columnTitle(ref))} ${code(ref.suite)}: ${code(line)}\n`,
  )
  return section('Not fully checked', items)
}

function entry({ column, suite, result, evidence, location, since, flaky }: BadResult): string {
  const at = location === undefined ? '' : ` at ${code(locationText(location))}`
  const notes = [headline(evidence), since, flaky].filter(note => note !== undefined)
  const lines = notes.map(note => `\n  - ${code(note)}`).join('')
  return `${code(column)} ${code(suite)}: ${code(result.test)}${at}${lines}`
}

function compared({ comparisons }: RunView): string {
  const lines = comparisons.map(comparison => {
    const { against, run = '' } = comparison
    const other = against === 'last' ? 'the last runs' : `the baseline ${code(run)}`
    return `compared with ${other}: ${changeCounts(comparison).join(', ')}\n\n`
  })
  const fixed = comparisons.flatMap(({ changes }) =>
    changes.filter(({ change }) => change === 'fixed'),
  )
  const items = fixed.map(
    ({ suite, test, ...column }) =>
      `- ✅ ${code(columnTitle(column))} ${suite === '' ? '' : `${code(suite)}: `}${code(test)}\n`,
  )
  return `${section('Fixed', [...new Set(items)])}${lines.join('')}`
}

function* details(found: readonly BadResult[], bytes: number, run: string): Generator<string> {
  let left = bytes - LAST_LINE_BYTES
  if (found.length > 0) yield '### Evidence\n\n'
  for (const [index, { column, suite, result, evidence }] of found.entries()) {
    const replay =
      result.replay === undefined
        ? ''
        : `replay: modprove replay ${shellQuote(`${run}/${result.replay}`)}\n\n`
    const parts = [
      problemsText(evidence, DETAIL_CHARACTERS),
      findingsText(evidence, DETAIL_CHARACTERS),
    ]
    const text = folded(
      `${column} ${suite}: ${result.test}`,
      `${replay}${parts.join('\n\n')}`.trimEnd(),
    )
    left -= Buffer.byteLength(text)
    if (left < 0) {
      yield `${found.length - index} more are not shown here: see the record.\n`
      return
    }
    yield text
  }
}

/** A block of HTML ends at a blank line (CommonMark 4.6); after it, Markdown is parsed again. */
const folded = (title: string, text: string): string =>
  `<details><summary><code>${html(title)}</code></summary>\n\n${codeBlock(text, 2 * DETAIL_CHARACTERS)}\n</details>\n\n`
