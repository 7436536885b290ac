import type { FaultResult } from '../../contract/chaos-result.js'
import pc from '../../platform/terminal/colours.js'
import { escapeTerminal } from '../../platform/text/text.js'

const MAX_CHARACTERS = 2000

const shown = (text: string): string =>
  escapeTerminal(text, MAX_CHARACTERS).replaceAll('\n', '\n      ')

/** One fault for a terminal: what was made, expected and seen, and what differs. */
export function chaosRow(result: FaultResult): string {
  const { row, fault, expected, ok, skipped, happened, broken, checks, durationMs } = result
  const mark = skipped !== undefined ? pc.yellow('-') : ok ? pc.green('✓') : pc.red('✗')
  const time = pc.dim(`${checks} checks ${(durationMs / 1000).toFixed(1)} s`)
  return [
    `${mark} ${String(row).padStart(2)} ${fault}  ${time}`,
    pc.dim(`     expected  ${expected}`),
    ...(skipped === undefined ? [] : [`     skipped   ${shown(skipped)}`]),
    ...happened.map(fact => `     happened  ${shown(fact)}`),
    ...broken.map(
      ({ what, seen }) => `   ${pc.red('✗')} ${shown(what)}${seen && `: ${shown(seen)}`}`,
    ),
    '',
  ].join('\n')
}

const cell = (text: string): string =>
  escapeTerminal(text, MAX_CHARACTERS)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')

/** All faults as a table in Markdown. */
export function chaosTable(results: readonly FaultResult[]): string {
  const rows = results.map(
    ({ row, fault, expected, ok, skipped, happened, broken, durationMs }) => {
      const verdict = skipped !== undefined ? 'skipped' : ok ? 'as expected' : 'otherwise'
      const seen = [
        ...(skipped === undefined ? [] : [skipped]),
        ...happened,
        ...broken.map(({ what, seen }) => `not so: ${what} (${seen})`),
      ]
      const cells = [fault, expected, seen.join('; '), verdict]
      return `| ${row} | ${cells.map(cell).join(' | ')} | ${(durationMs / 1000).toFixed(1)} |`
    },
  )
  return [
    '| # | fault | expected | happened | | s |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
