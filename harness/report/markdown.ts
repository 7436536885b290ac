import type { RunView } from '../record/view.js'
import { placeText } from '../platform/source-text.js'
import { findingsText, headline, placeOf, problemsText } from './evidence.js'
import { shellQuote } from '../platform/text.js'
import { cell, code, codeBlock, html } from './markdown-text.js'
import { matrixOf, type Cell, type CellKind } from './matrix.js'
import {
  buildChange,
  concerns,
  flakyText,
  notables,
  sinceText,
  type Concern,
  type Notable,
} from './notable.js'
import { notRun, notRunText } from './not-run.js'
import { closingLine, duration, qualifyingLines } from './summary.js'
import { unguardedJobs } from './unguarded.js'

/** GitHub rejects a step's summary of more than 1 MiB as a whole. */
const BUDGET_BYTES = 1_000_000
/** A larger matrix leaves out green rows. */
const TABLE_BYTES = 400_000
const LIST_BYTES = 200_000
const DETAIL_CHARACTERS = 6000
/** Reserved for the line that says how much is left out. */
const LAST_LINE_BYTES = 200

const MARKS: Readonly<Record<CellKind, string>> = {
  pass: '✅',
  fail: '❌',
  lost: '⚠️',
  'not-run': '➖',
  flaky: '🔁',
  skip: '⏭️',
  absent: '',
  unbuilt: '🚫',
}

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
  const budget = new Budget(BUDGET_BYTES)
  const found = notables(view)
  const parts = [
    head(view),
    table(view),
    unbuilt(view),
    ...concerns.map(one => list(one, found)),
    withoutRun(view),
    unguarded(view),
    compared(view),
  ]
  for (const part of parts) {
    budget.spend(part)
    yield part
  }
  yield* details(found, budget, view.start.run)
}

class Budget {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  get left(): number {
    return this.#left
  }

  spend(text: string): void {
    this.#left -= Buffer.byteLength(text)
  }
}

function head(view: RunView): string {
  const { start, end, counts, columns } = view
  const lost = counts.error + counts.miss > 0 || end === undefined || end.interrupted
  const unbuilt = columns.some(({ failed }) => failed !== undefined)
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

const cellText = ({ kind, count }: Cell): string =>
  count === 0 ? MARKS[kind] : `${MARKS[kind]} ${count}`

function table(view: RunView): string {
  const { columns, rows } = matrixOf(view)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const titles = columns.map(({ release, flavour }) => cell(`${release} ${flavour}`, 60))
  const lines = rows.map(({ suite, cells }) => ({
    green: cells.every(({ kind }) => kind === 'pass' || kind === 'skip' || kind === 'absent'),
    text: line([cell(suite, 60), ...cells.map(cellText)]),
  }))
  const all = lines.map(({ text }) => text).join('')
  const legend =
    '✅ passed ❌ failed ⚠️ lost ➖ not run 🔁 passed when tried again ⏭️ skipped 🚫 not ready\n\n'
  const top = line(['suite', ...titles]) + line(['---', ...titles.map(() => '---')])
  if (Buffer.byteLength(all) <= TABLE_BYTES) return `${top}${all}\n${legend}`
  const news = lines.filter(({ green }) => !green).map(({ text }) => text)
  const { kept } = fitting(news, TABLE_BYTES)
  const left = lines.length - kept.length
  return `${top}${kept.join('')}\n${left} suites more are not shown.\n\n${legend}`
}

/** The longest beginning of the list that fits. */
function fitting(texts: readonly string[], bytes: number): { kept: string[]; left: number } {
  const kept: string[] = []
  let used = 0
  for (const text of texts) {
    used += Buffer.byteLength(text)
    if (used > bytes) break
    kept.push(text)
  }
  return { kept, left: texts.length - kept.length }
}

function unbuilt(view: RunView): string {
  const lines = view.columns.flatMap(column => {
    const { release, flavour, failed } = column
    if (failed === undefined) return []
    const change = buildChange(view, column)
    const since = change && sinceText(change)
    return [
      `- 🚫 ${code(`${release} ${flavour}`)}: ${code(failed.problem.message)}\n`,
      ...(since === undefined ? [] : [`  - ${code(since)}\n`]),
      ...(failed.problem.detail === undefined
        ? []
        : [`\n${folded('details', failed.problem.detail)}\n`]),
    ]
  })
  return lines.length === 0 ? '' : `### Not ready\n\n${fitting(lines, LIST_BYTES).kept.join('')}\n`
}

function list(concern: Concern, all: readonly Notable[]): string {
  const own = all.filter(notable => notable.concern === concern)
  if (own.length === 0) return ''
  const [title, mark] = CONCERNS[concern]
  const { kept, left } = fitting(
    own.map(notable => `- ${mark} ${entry(notable)}\n`),
    LIST_BYTES / concerns.length,
  )
  const more = left === 0 ? '' : `- … and ${left} more\n`
  return `### ${title} (${own.length})\n\n${kept.join('')}${more}\n`
}

function withoutRun(view: RunView): string {
  const all = notRun(view)
  if (all.length === 0) return ''
  const total = all.reduce((sum, { tests }) => sum + tests, 0)
  const lines = all.map(one => `- ➖ ${notRunText(one)}: ${code(one.reason)}\n`)
  const { kept, left } = fitting(lines, LIST_BYTES / concerns.length)
  return `### Not run (${total})\n\n${kept.join('')}${left === 0 ? '' : `- … and ${left} more\n`}\n`
}

function unguarded(view: RunView): string {
  const all = unguardedJobs(view)
  if (all.length === 0) return ''
  const lines = all.map(
    ({ ref, line }) =>
      `- ⚠️ ${code(`${ref.release} ${ref.flavour}`)} ${code(ref.suite)}: ${code(line)}\n`,
  )
  const { kept, left } = fitting(lines, LIST_BYTES / concerns.length)
  return `### Not fully checked\n\n${kept.join('')}${left === 0 ? '' : `- … and ${left} more\n`}\n`
}

function entry({ job, result, change }: Notable): string {
  const { release, flavour, suite } = job.ref
  const known = result.flaky ?? result
  const place = placeOf(known)
  const since = change === undefined ? [] : [sinceText(change), flakyText(change)]
  const notes = [headline(known), ...since].filter(note => note !== undefined)
  return [
    `${code(`${release} ${flavour}`)} ${code(suite)}: ${code(result.test)}`,
    ...(place === undefined ? [] : [` at ${code(placeText(place))}`]),
    ...notes.map(note => `\n  - ${code(note)}`),
  ].join('')
}

function compared({ comparisons }: RunView): string {
  const lines = comparisons.map(({ against, run, changes, unchanged }) => {
    const of = (which: string): string[] => {
      const { length } = changes.filter(({ change }) => change === which)
      return length === 0 ? [] : [`${length} ${which}`]
    }
    const kinds = ['regressed', 'still-failing', 'flaky', 'lost', 'not-run', 'fixed', 'new', 'gone']
    const other = against === 'last' ? 'the last runs' : `the baseline ${code(run ?? '')}`
    return `compared with ${other}: ${[...kinds.flatMap(of), `${unchanged} as before`].join(', ')}\n\n`
  })
  const fixed = comparisons.flatMap(({ changes }) =>
    changes.filter(({ change }) => change === 'fixed'),
  )
  const items = fixed.map(
    ({ kernel, flavour, suite, test }) =>
      `- ✅ ${code(`${kernel} ${flavour}`)} ${suite === '' ? '' : `${code(suite)}: `}${code(test)}\n`,
  )
  const list = fitting([...new Set(items)], LIST_BYTES / concerns.length).kept.join('')
  return `${list === '' ? '' : `### Fixed\n\n${list}\n`}${lines.join('')}`
}

function* details(found: readonly Notable[], budget: Budget, run: string): Generator<string> {
  if (found.length > 0) yield '### Evidence\n\n'
  for (const [index, { job, result }] of found.entries()) {
    const { release, flavour, suite } = job.ref
    const known = result.flaky ?? result
    const replay =
      result.replay === undefined
        ? ''
        : `replay: modprove replay ${shellQuote(`${run}/${result.replay}`)}\n\n`
    const parts = [problemsText(known, DETAIL_CHARACTERS), findingsText(known, DETAIL_CHARACTERS)]
    const text = folded(
      `${release} ${flavour} ${suite}: ${result.test}`,
      `${replay}${parts.join('\n\n')}`.trimEnd(),
    )
    if (Buffer.byteLength(text) > budget.left - LAST_LINE_BYTES) {
      yield `${found.length - index} more are not shown here: see the record.\n`
      return
    }
    budget.spend(text)
    yield text
  }
}

/** A block of HTML ends at a blank line (CommonMark 4.6); after it, Markdown is parsed again. */
const folded = (title: string, text: string): string =>
  `<details><summary><code>${html(title)}</code></summary>\n\n${codeBlock(text, 2 * DETAIL_CHARACTERS)}\n</details>\n\n`
