import type { LogRecord } from '../../contract/log-record.js'
import { mendNames } from '../symbols/broken-names.js'
import { isBareAddress, isRegister, parseFaultLine, parseTraceLine } from '../symbols/trace-line.js'
import { checkRows } from '../rows/check-rows.js'
import { faultRows } from '../rows/fault-rows.js'
import { misuseRows } from '../rows/misuse-rows.js'
import { quietRows } from '../rows/quiet-rows.js'
import type { SplatRow } from '../rows/splat-row.js'

const MAX_LINE_CHARACTERS = 1000
/** Kernel records are at most 1 KiB (LOG_LINE_MAX); console lines have no limit. */
const MAX_RECORD_CHARACTERS = 8192

export const CUT_HERE = /^-{6,}\[ cut here \]-{6,}/
const END_MARKER = /^---\[ end trace /
const RULE = /^={20,}$/

/** Lines directly before a headline that belong to its report. */
export const PRELUDE =
  /^(?:={20,}$|usercopy: |detected buffer overflow |list_(?:add|del) |slist_add |page: ?[0-9a-f]|raw: |head:|flags: |page dumped because: |kernel tried to execute |traps: PANIC)/

/** Panic reasons that are consequences of an earlier fault. */
export const CONSEQUENCE =
  /^Kernel panic - not syncing: (?:Fatal |.{0,60}panic_on_warn|.{0,60}warned too often|softlockup|hung_task|RCU Stall|Hard LOCKUP|Attempted to kill|Aiee|Oops|System is deadlocked on memory|Out of memory)/

const everyRow = [...checkRows, ...faultRows, ...quietRows, ...misuseRows]

/** Matches the beginning of any row; one test rejects most lines. */
const MAY_BEGIN = new RegExp(everyRow.map(({ begin }) => `(?:${begin.source})`).join('|'))

/**
 * Messages that start with a task's name, which may be any 15 characters, `BUG: x` or `Oops: x`:
 * a segfault, a trap (arch/x86/kernel/traps.c), `x (61): drop_caches: 3`, a failed allocation
 * (mm/page_alloc.c).
 */
const OF_A_PROCESS =
  /^.{0,15}(?:\[\d{1,10}\](?::| (?:trap|general protection|bad frame))| ?\(\d{1,10}\): |: page allocation failure)/

/** KERN_NOTICE, the least of the levels at which the kernel reports: 5.10 to 7.3. */
const NOTICE = 5
/**
 * The counter that die() of each architecture prints: `Oops: 0002 [#1] PREEMPT`. Its level is the
 * default one, which is configured.
 */
export const DIED = /: [0-9a-f]{4,16} \[#\d+\]/

export interface Beginning {
  readonly row: SplatRow
  readonly match: RegExpExecArray
}

/** The report that begins with this line of a record, if any. */
export function beginningOf(
  line: string,
  { level }: Pick<LogRecord, 'level'>,
): Beginning | undefined {
  if (!MAY_BEGIN.test(line) || OF_A_PROCESS.test(line)) return undefined
  const isLoud = level <= NOTICE || DIED.test(line)
  for (const row of everyRow) {
    const match = row.begin.exec(line)
    if (match !== null) return isLoud || row.isInfo === true ? { row, match } : undefined
  }
  return undefined
}

/** Whether the report ends with this line. */
export function endsWith(row: SplatRow | undefined, line: string): boolean {
  if (row === undefined || row.end === 'marker') return END_MARKER.test(line)
  if (row.end === 'rule') return RULE.test(line)
  if (row.end === 'line') return true
  return (row.end ?? /^ {0,2}<\/TASK>/).test(line)
}

/** Whether it ends with its call trace. */
export const endsWithTrace = (row: SplatRow | undefined): boolean =>
  row !== undefined && row.end === undefined

/** True for lines of a call trace without `</TASK>` (before 5.16, and other architectures). */
export const belongsToTrace = (line: string): boolean =>
  /^ {0,2}<\/?[#\w]{1,12}>/.test(line) ||
  isRegister(line) ||
  parseFaultLine(line) !== undefined ||
  parseTraceLine(line) !== undefined ||
  isBareAddress(line)

/** A record's lines: /dev/kmsg escapes newlines and tabs as `\x0a` and `\x09`. */
export const linesOf = (text: string): string[] =>
  mendNames(
    text
      .slice(0, MAX_RECORD_CHARACTERS)
      .replaceAll('\\x0a', '\n')
      .replaceAll('\\x09', '\t')
      .split('\n'),
  ).map(line => (line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, MAX_LINE_CHARACTERS))
