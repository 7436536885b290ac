import { stripVTControlCharacters } from 'node:util'
import type { LogRecord } from '../log-record.js'

/** `[    1.234567][  T123] text`, the caller only with CONFIG_PRINTK_CALLER. */
const PREFIX = /^\[ {0,6}(\d{1,9})\.(\d{6})\](?:\[ {0,8}([TC]\d{1,9})\])? ?/

/** KERN_WARNING's number: the console does not print levels. */
const UNKNOWN_LEVEL = 4

/** The last record that was read from /dev/kmsg while the machine lived. */
export type LastRecord = Pick<LogRecord, 'sequence' | 'timeUs' | 'text'>

/**
 * A dead machine's console as records, for a reader that is fed with source `console`. Lines without the
 * kernel's prefix are user space's and left out. The console cannot tell a lie of user space from the
 * kernel's text: /dev/kmsg's records are better evidence wherever they exist.
 *
 * @param after records up to this one are left out, and sequence numbers go on from its number
 */
export function recordsOfConsole(text: string, after?: LastRecord): LogRecord[] {
  const lines = text.split('\n').flatMap(raw => {
    const line = stripVTControlCharacters(raw).replace(/\r+$/, '')
    const match = PREFIX.exec(line)
    if (match === null) return []
    const [prefix, seconds = '', micros = '', caller = ''] = match
    return [
      {
        timeUs: Number(seconds) * 1_000_000 + Number(micros),
        caller,
        text: line.slice(prefix.length),
      },
    ]
  })
  return lines.slice(startAfter(lines, after)).map((line, index) => ({
    ...line,
    sequence: (after?.sequence ?? -1) + 1 + index,
    level: UNKNOWN_LEVEL,
    facility: 0,
  }))
}

function startAfter(
  lines: readonly Pick<LogRecord, 'timeUs' | 'text'>[],
  after: LastRecord | undefined,
): number {
  if (after === undefined) return 0
  const same = lines.findLastIndex(
    ({ timeUs, text }) => timeUs === after.timeUs && text !== '' && after.text.endsWith(text),
  )
  if (same !== -1) return same + 1
  const later = lines.findIndex(({ timeUs }) => timeUs > after.timeUs)
  return later === -1 ? lines.length : later
}
