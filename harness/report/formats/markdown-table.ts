import { columnTitle } from '../../contract/column-title.js'
import type { RunView } from '../../record/view.js'
import { fitting } from './markdown-list.js'
import { cell } from './markdown-text.js'
import { matrixOf, type MatrixCell, type CellKind } from '../matrix.js'

/** A larger matrix leaves out green rows. */
const TABLE_BYTES = 400_000

const MARKS: Readonly<Record<CellKind, string>> = {
  pass: '✅',
  fail: '❌',
  lost: '⚠️',
  'not-run': '➖',
  flaky: '🔁',
  skip: '⏭️',
  xfail: '❎',
  absent: '',
  unbuilt: '🚫',
}

const cellText = ({ kind, count }: MatrixCell): string =>
  count === 0 ? MARKS[kind] : `${MARKS[kind]} ${count}`

/** The matrix, with a legend of its marks. */
export function table(view: RunView): string {
  const { columns, rows } = matrixOf(view)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const titles = columns.map(column => cell(columnTitle(column), 60))
  const lines = rows.map(({ suite, cells }) => ({
    green: cells.every(({ kind }) => ['pass', 'skip', 'xfail', 'absent'].includes(kind)),
    text: line([cell(suite, 60), ...cells.map(cellText)]),
  }))
  const all = lines.map(({ text }) => text).join('')
  const legend =
    '✅ passed ❌ failed ⚠️ lost ➖ not run 🔁 passed when tried again ⏭️ skipped ❎ failed as expected 🚫 not ready\n\n'
  const top = line(['suite', ...titles]) + line(['---', ...titles.map(() => '---')])
  if (Buffer.byteLength(all) <= TABLE_BYTES) return `${top}${all}\n${legend}`
  const news = lines.filter(({ green }) => !green).map(({ text }) => text)
  const { kept } = fitting(news, TABLE_BYTES)
  const left = lines.length - kept.length
  return `${top}${kept.join('')}\n${left} suites more are not shown.\n\n${legend}`
}
