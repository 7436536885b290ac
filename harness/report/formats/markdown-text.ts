import { clip, escapeTerminal, oneLine } from '../../platform/text/text.js'

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))

/**
 * Hostile text within a line of Markdown: a code span that its content cannot end, and in which
 * GitHub makes no links or mentions (CommonMark 6.1: a code span ends at a run of backticks as long
 * as the first).
 */
export function code(text: string, limitCharacters = 300): string {
  const line = oneLine(text, limitCharacters)
  if (line === '') return '`(empty)`'
  const fence = '`'.repeat(longestRun(line) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** For a table, where `|` ends a cell even in code, and parsers disagree about `\|`. */
export const cell = (text: string, limitCharacters?: number): string =>
  code(text.replaceAll('|', String.raw`\x7c`), limitCharacters)

/** Hostile text as a code block; needs blank lines around it. */
export function codeBlock(text: string, limitCharacters: number): string {
  const content = escapeTerminal(clip(text, limitCharacters))
  const fence = '`'.repeat(Math.max(3, longestRun(content) + 1))
  return `${fence}text\n${content}\n${fence}\n`
}

/** Hostile text in a line of HTML. */
export const html = (text: string): string =>
  oneLine(text, 300)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
