import { escapeTerminal } from '../../platform/text/text.js'

/** Longer lines are unreadable; the record has them. */
const MAX_LINE_CHARACTERS = 2000
/** For a diff, a trace or a splat. */
const MAX_TEXT_CHARACTERS = 64 * 1024
const MAX_LINES = 1000

const cutLine = (line: string): string =>
  line.length <= MAX_LINE_CHARACTERS
    ? line
    : `${line.slice(0, MAX_LINE_CHARACTERS)}… (${line.length - MAX_LINE_CHARACTERS} characters more)`

/** A name or a message: hostile text made visible, on one line, and cut. */
export const visibleLine = (text: string): string =>
  // Cut first: escaping ten megabytes takes a second.
  escapeTerminal(cutLine(text)).replaceAll('\n', String.raw`\x0a`)

/** Fields whose text has several lines. */
const TEXTS: ReadonlySet<string> = new Set([
  'allowed',
  'detail',
  'message',
  'reason',
  'text',
  'warnings',
])

/** A value all of whose texts are made visible, as lines or as texts by the fields' names. */
export const visible = <Value>(value: Value): Value => madeVisible(value, false) as Value

function madeVisible(value: unknown, isText: boolean): unknown {
  if (typeof value === 'string') return isText ? visibleText(value) : visibleLine(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => madeVisible(item, isText))
  const fields = Object.entries(value)
  return Object.fromEntries(fields.map(([key, item]) => [key, madeVisible(item, TEXTS.has(key))]))
}

/** Text of several lines, made visible; cuts are marked, of the text and of each line. */
export function visibleText(text: string, mostCharacters = MAX_TEXT_CHARACTERS): string {
  const lines: string[] = []
  let left = mostCharacters
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const stop = end === -1 ? text.length : end
    const line = cutLine(text.slice(at, stop))
    if (lines.length === MAX_LINES || line.length > left) break
    lines.push(line)
    left -= line.length + 1
    at = stop + 1
  }
  const whole = escapeTerminal(lines.join('\n'), Infinity)
  return at < text.length
    ? `${whole}\n… (${text.length - at} characters more, in the record)`
    : whole
}
