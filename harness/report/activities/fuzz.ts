import type { ReaderResult } from '../../contract/fuzz-result.js'
import pc from '../../platform/terminal/colours.js'
import { escapeTerminal } from '../../platform/text/text.js'
import { aligned } from '../terminal/aligned.js'
import { duration } from '../summary.js'

const MAX_CHARACTERS = 600

const count = (value: number): string => value.toLocaleString('en')

/** `12,345/s` */
const rate = (cases: number, milliseconds: number): string =>
  `${count(Math.round(cases / Math.max(0.001, milliseconds / 1000)))}/s`

/** A line for each reader, then what was wrong. */
export function fuzzTable(results: readonly ReaderResult[]): string {
  const cells = results.map(({ reader, cases, durationMs, problems, reads }) => [
    reader,
    `${count(cases)} cases`,
    rate(cases, durationMs),
    duration(durationMs),
    problems.length === 0 ? 'nothing wrong' : `${problems.length} wrong`,
    reads,
  ])
  const lines = aligned(cells, [0, 4, 5])
  return results
    .map(({ problems }, index) => {
      const mark = problems.length === 0 ? pc.green('✓') : pc.red('✗')
      const wrong = problems.map(
        ({ number, problem, again }) =>
          `    case ${number}: ${escapeTerminal(problem, MAX_CHARACTERS)}\n      → ${again}\n`,
      )
      return `${mark} ${lines[index]}\n${wrong.join('')}`
    })
    .join('')
}
