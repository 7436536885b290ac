import pc from '../../platform/terminal/colours.js'
import { kernelTitle } from '../../contract/column-title.js'
import { oneLine } from '../../platform/text/text.js'
import type { MatrixCell, CellKind, Matrix } from '../matrix.js'

const LOOKS: Readonly<
  Record<CellKind, readonly [glyph: string, colour: (text: string) => string, word: string]>
> = {
  pass: ['✓', pc.green, 'passed'],
  fail: ['✗', pc.red, 'failed'],
  lost: ['‼', pc.yellow, 'lost'],
  'not-run': ['–', pc.yellow, 'not run'],
  flaky: ['~', pc.yellow, 'passed when tried again'],
  skip: ['○', pc.dim, 'skipped'],
  xfail: ['×', pc.dim, 'failed as expected'],
  absent: [' ', pc.dim, ''],
  unbuilt: ['⌀', pc.red, 'not ready'],
}

const GAP = '  '
const MAX_NAME_CHARACTERS = 32

const cellText = ({ kind, count }: MatrixCell): string =>
  count === 0 ? LOOKS[kind][0] : `${LOOKS[kind][0]} ${count}`

/**
 * Suites as rows, kernels as columns; columns that do not fit go into further tables below.
 *
 * @param widthCharacters of the terminal
 */
export function matrixTable({ columns, rows }: Matrix, widthCharacters: number): string {
  const heads = columns.map(column => [headOf(kernelTitle(column)), headOf(column.flavour)])
  const widths = heads.map((head, index) =>
    Math.max(...head.map(word => word.length), ...rows.map(row => cellAt(row.cells, index).length)),
  )
  const names = rows.map(({ suite }) => oneLine(suite, MAX_NAME_CHARACTERS))
  const nameWidth = Math.max(0, ...names.map(name => name.length))
  const tables = blocks(widths, widthCharacters - nameWidth).map(indexes => {
    const line = (name: string, cells: readonly string[]): string =>
      `${name.padEnd(nameWidth)}${GAP}${cells.join(GAP)}`.trimEnd()
    const headLine = (part: number): string =>
      pc.dim(
        line(
          '',
          indexes.map(index => (heads[index]?.[part] ?? '').padEnd(widths[index] ?? 0)),
        ),
      )
    const rowLine = (row: Matrix['rows'][number], number: number): string =>
      line(
        names[number] ?? '',
        indexes.map(index => coloured(row.cells[index], widths[index] ?? 0)),
      )
    return `${[headLine(0), headLine(1), ...rows.map(rowLine)].join('\n')}\n`
  })
  return `${tables.join('\n')}${pc.dim(legend(rows))}\n`
}

/** Explains the marks in use. */
function legend(rows: Matrix['rows']): string {
  const seen = new Set(rows.flatMap(({ cells }) => cells.map(({ kind }) => kind)))
  const words = Object.entries(LOOKS).flatMap(([kind, [glyph, , word]]) =>
    word !== '' && seen.has(kind as CellKind) ? [`${glyph} ${word}`] : [],
  )
  return `with how many tests: ${words.join(', ')}`
}

/** Of what is too long, the end: a folder's last part, and the release. */
function headOf(name: string): string {
  const text = oneLine(name)
  return text.length > MAX_NAME_CHARACTERS ? `…${text.slice(1 - MAX_NAME_CHARACTERS)}` : text
}

const cellAt = (cells: readonly MatrixCell[], index: number): string => {
  const cell = cells[index]
  return cell === undefined ? '' : cellText(cell)
}

const coloured = (cell: MatrixCell | undefined, width: number): string =>
  cell === undefined ? '' : LOOKS[cell.kind][1](cellText(cell).padEnd(width))

/** Indexes of columns that fit side by side, in blocks of at least one. */
function blocks(widths: readonly number[], room: number): number[][] {
  const all: number[][] = []
  let used = 0
  for (const [index, width] of widths.entries()) {
    const needed = width + GAP.length
    const last = all.at(-1)
    if (last === undefined || used + needed > room) {
      all.push([index])
      used = needed
    } else {
      last.push(index)
      used += needed
    }
  }
  return all
}
