import pc from '../../platform/terminal/colours.js'
import type { CoveredFile, EventOf, Share } from '../../contract/events.js'
import { escapeTerminal } from '../../platform/text/text.js'

type Coverage = EventOf<'coverage'>

const COLUMNS = ['lines', 'functions', 'branches'] as const
const WIDTH = 20

const percent = ({ covered, total }: Share): number =>
  total === 0 ? 100 : Math.floor((covered / total) * 1000) / 10

const cell = (share: Share): string => {
  const text = `${percent(share).toFixed(1)} % ${`(${share.covered}/${share.total})`.padStart(10)}`
  return (share.covered === share.total ? pc.green : pc.yellow)(text.padStart(WIDTH))
}

/** A table of the module's files, then what no test reaches, with the project's reasons. */
export function coverageTable({ files, gaps, unusedReasons, folder }: Coverage): string {
  const longest = Math.max(4, ...files.map(({ file }) => file.length))
  const row = ({ file, ...shares }: CoveredFile) =>
    `${file.padEnd(longest)}${COLUMNS.map(column => cell(shares[column])).join('')}\n`
  const head = `${'file'.padEnd(longest)}${COLUMNS.map(name => name.padStart(WIDTH)).join('')}\n`
  const reason = (text: string | undefined) =>
    text === undefined ? pc.red('no reason is given') : pc.dim(escapeTerminal(text))
  const gap = ({ file, line, what, code, ...rest }: Coverage['gaps'][number]) =>
    `  ${file}:${line}  ${what} never ran: ${escapeTerminal(code)}\n      ${reason(rest.reason)}\n`
  const unused = ({ file, code }: Coverage['unusedReasons'][number]) =>
    pc.yellow(`  the reason for ${file}: ${escapeTerminal(code)} explains nothing any more\n`)
  return [
    `\n${pc.dim(head)}`,
    ...files.map(row),
    ...gaps.map(gap),
    ...unusedReasons.map(unused),
    `coverage: ${folder}/index.html, lcov.info\n`,
  ].join('')
}
