import pc from '../platform/colours.js'
import { escapeTerminal } from '../platform/text.js'
import { duration } from './summary.js'

/** The result of `modprove fuzz` for one reader. */
export interface FuzzRow {
  readonly reader: string
  readonly reads: string
  readonly seed: number
  readonly cases: number
  readonly durationMs: number
  readonly problems: readonly FuzzRowProblem[]
}

export interface FuzzRowProblem {
  readonly number: number
  readonly problem: string
  /** The command that reproduces it. */
  readonly again: string
}

const LONGEST_CHARACTERS = 600

const count = (value: number): string => value.toLocaleString('en')

/** `12,345/s` */
export const rate = (cases: number, milliseconds: number): string =>
  `${count(Math.round(cases / Math.max(0.001, milliseconds / 1000)))}/s`

/** A line for each reader, then the faults found. */
export function fuzzTable(rows: readonly FuzzRow[]): string {
  const cells = rows.map(({ reader, cases, durationMs, problems, reads }) => [
    reader,
    `${count(cases)} cases`,
    rate(cases, durationMs),
    duration(durationMs),
    problems.length === 0 ? 'nothing wrong' : `${problems.length} wrong`,
    reads,
  ])
  const widths = [0, 1, 2, 3, 4].map(at => Math.max(...cells.map(row => row[at]?.length ?? 0)))
  return rows
    .map(({ problems }, index) => {
      const mark = problems.length === 0 ? pc.green('✓') : pc.red('✗')
      const line = cells[index]
        ?.map((cell, at) =>
          at > 0 && at < 4 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
        )
        .join('  ')
      const wrong = problems.map(
        ({ number, problem, again }) =>
          `    case ${number}: ${escapeTerminal(problem, LONGEST_CHARACTERS)}\n      → ${again}\n`,
      )
      return `${mark} ${line?.trimEnd()}\n${wrong.join('')}`
    })
    .join('')
}
