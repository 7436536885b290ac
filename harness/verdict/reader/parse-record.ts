import type { LogRecord } from '../../contract/log-record.js'

const MAX_TEXT_CHARACTERS = 8192

/**
 * Parses a record of /dev/kmsg: `priority,sequence,timestamp,flags[,caller=T1];text`
 * (Documentation/ABI/testing/dev-kmsg). Returns undefined for anything else.
 */
export function parseRecord(line: string): LogRecord | undefined {
  const [, priority, sequence, time, more, text] =
    /^(\d{1,10}),(\d{1,15}),(\d{1,15}),([^;]{0,100});(.*)$/s.exec(line) ?? []
  if (text === undefined) return undefined
  return {
    sequence: Number(sequence),
    timeUs: Number(time),
    // No shifts: they truncate to 32 bits, and a larger facility would look like the kernel's.
    level: Number(priority) % 8,
    facility: Math.floor(Number(priority) / 8),
    caller: /(?:^|,)caller=([TC]\d{1,10})(?:,|$)/.exec(more ?? '')?.[1] ?? '',
    text: text.slice(0, MAX_TEXT_CHARACTERS),
  }
}
