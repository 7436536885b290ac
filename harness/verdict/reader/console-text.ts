import { stripVTControlCharacters } from 'node:util'
import type { LogRecord } from '../../contract/log-record.js'
import { partsOfLine } from '../symbols/broken-names.js'

/** `[    1.234567][  T123] text`; the caller only with CONFIG_PRINTK_CALLER. */
const PREFIX = /^\[ {0,6}(\d{1,9})\.(\d{6})\](?:\[ {0,8}([TC]\d{1,9})\])? ?/

/** kernel/printk: after a console takeover the cut-off record is printed again from its start. */
const REPLAYED = /^\*\* replaying previous printk message \*\*$/
/** A record is at most 1 KiB (LOG_LINE_MAX), and most have one line. */
const MOST_LINES_OF_A_RECORD = 32

/** KERN_WARNING; the console does not print levels. */
const UNKNOWN_LEVEL = 4

/** The last record that was read from /dev/kmsg before the machine died. */
export type LastRecord = Pick<LogRecord, 'sequence' | 'timeUs' | 'text'>

/** A record without its place in the log, which the console does not print. */
export type ConsoleRecord = Omit<LogRecord, 'sequence'>

interface Line extends Pick<LogRecord, 'timeUs' | 'caller' | 'text'> {
  readonly raw: string
}

/**
 * Converts a dead machine's console to records, for a {@link FindingReader}. Lines without
 * the kernel's prefix are from user space and are left out. On the console user space can imitate
 * kernel text; records of /dev/kmsg are better evidence where they exist.
 *
 * @param after records up to this one are left out; sequence numbers continue from it
 */
export function recordsOfConsole(text: string, after?: LastRecord): LogRecord[] {
  const lines = consoleRecords(text)
  return lines
    .slice(startAfter(lines, after))
    .map((line, index) => ({ ...line, sequence: (after?.sequence ?? -1) + 1 + index }))
}

/** All records of a console, in order. */
export const consoleRecords = (text: string): ConsoleRecord[] =>
  whole(consoleLines(text)).map(({ timeUs, caller, text }) => ({
    timeUs,
    caller,
    text,
    level: UNKNOWN_LEVEL,
    facility: 0,
  }))

function consoleLines(text: string): Line[] {
  const lines: Line[] = []
  /** First line that the next one may repeat. */
  let replayFrom: number | undefined
  for (const each of text.split('\n')) {
    const raw = stripVTControlCharacters(each).replace(/\r+$/, '')
    if (REPLAYED.test(raw)) replayFrom = Math.max(0, lines.length - MOST_LINES_OF_A_RECORD)
    const match = PREFIX.exec(raw)
    if (match === null) continue
    const [prefix, seconds = '', micros = '', caller = ''] = match
    if (replayFrom !== undefined) {
      const from = replayFrom
      const cut = lines.findLastIndex((line, index) => index >= from && raw.startsWith(line.raw))
      if (cut !== -1) lines.splice(cut)
      replayFrom = undefined
    }
    const timeUs = Number(seconds) * 1_000_000 + Number(micros)
    lines.push({ timeUs, caller, text: raw.slice(prefix.length), raw })
  }
  return lines
}

/** Joins lines that newlines in a task's name broke into one record, as /dev/kmsg has them. */
function whole(lines: readonly Line[]): Line[] {
  const records: Line[] = []
  for (let at = 0; at < lines.length;) {
    const first = lines[at]
    if (first === undefined) break
    const ahead = lines.slice(at, at + MOST_LINES_OF_A_RECORD)
    const other = ahead.findIndex(
      ({ timeUs, caller }) => timeUs !== first.timeUs || caller !== first.caller,
    )
    const texts = ahead.slice(0, other === -1 ? undefined : other).map(({ text }) => text)
    const parts = partsOfLine(texts)
    records.push(parts === 1 ? first : { ...first, text: texts.slice(0, parts).join('\\x0a') })
    at += parts
  }
  return records
}

/** Index of the first line after a record. */
export function startAfter(lines: readonly ConsoleRecord[], after: LastRecord | undefined): number {
  if (after === undefined) return 0
  const same = lines.findLastIndex(
    ({ timeUs, text }) => timeUs === after.timeUs && text !== '' && after.text.endsWith(text),
  )
  if (same !== -1) return same + 1
  const later = lines.findIndex(({ timeUs }) => timeUs > after.timeUs)
  return later === -1 ? lines.length : later
}
