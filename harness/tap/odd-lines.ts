import { bare, partsOf } from './bare.js'
import { parseTapLine, type TapLine } from './line.js'
import { totalsOf } from './totals.js'

/** A test that failed, however it is spelt. */
const FAILURE = /^not\s+ok(?![a-z])/i
/** Behind other output without a newline; prose says "not ok", and no number. */
const FAILURE_BEHIND = /not ok(?: \d{1,10}| -)(?:\s|$)/
const BAILOUT_BEHIND = /Bail out!/
const PLAN_START = /^1\.\.\d/

const KERNEL = String.raw`(?:<\d{1,3}>)?\[ {0,8}\d{1,8}\.\d{6}\](?:\[ {0,8}[TC]\d{1,9}\])?`

const startsOf = (word: string): string =>
  [...word].map((_, index) => word.slice(0, index + 1)).join('|')

/** A line of TAP, or the start of one, with a kernel message inside. */
const TORN = new RegExp(
  String.raw`^\s*(?:n|no|not ?|(?:not )?o|(?:not )?ok(?: .*)?|1(?:\.{1,2}\d{0,10})?|${startsOf('Bail out!')})${KERNEL} `,
  's',
)

/** What a line that is no TAP hides. @param before the line before it, if that is no TAP either */
export function whatHides(line: string, before: string): string | undefined {
  if (TORN.test(line)) return 'was torn by a message of the kernel'
  if (isTorn(before, line)) return 'was torn from the line before it'
  const parts = partsOf(line)
  if (parts.some(part => FAILURE.test(part) || FAILURE_BEHIND.test(part)))
    return 'says "not ok" where no test point begins'
  if (parts.some(part => BAILOUT_BEHIND.test(part) || parseTapLine(part).kind === 'bailout'))
    return 'says "Bail out!" where no line begins'
  return parts.some(part => PLAN_START.test(part)) ? 'is nearly a plan' : undefined
}

/** What a line of TAP hides. */
export function whatHidesBehind(line: string, before: string): string | undefined {
  if (TORN.test(line)) return 'was torn by a message of the kernel'
  if (isTorn(before, line)) return 'was torn from the line before it'
  const [, ...behind] = line.split('\r').map(bare)
  return behind.some(part => FAILURE.test(part))
    ? 'says "not ok" where no test point begins'
    : undefined
}

/** Whether two lines are one that other output tore, and that may not be passed over. */
function isTorn(before: string, line: string): boolean {
  const start = before.trimStart()
  if (start === '' || start.length > 'Bail out'.length) return false
  return [start + line, `${start} ${line}`].map(parseTapLine).some(isWeighty)
}

const isWeighty = (line: TapLine): boolean =>
  line.kind === 'bailout' || line.kind === 'plan' || (line.kind === 'point' && !line.ok)

/**
 * Whether a comment is no prose, but a line of a stream: kselftest's runner puts "# " before all
 * that a test prints, and runners may nest.
 */
export function isOfStream(comment: string): boolean {
  const line = comment.replace(/^[#\s]+/, '')
  return TORN.test(line) || partsOf(line).some(isOwnLine)
}

function isOwnLine(part: string): boolean {
  const line = parseTapLine(part)
  // Prose says "bail out!", and "ok" or "not ok" without a number.
  if (line.kind === 'point') return line.number !== undefined || FAILURE_BEHIND.test(part)
  if (line.kind === 'bailout') return BAILOUT_BEHIND.test(part)
  if (line.kind === 'version' || line.kind === 'plan') return true
  return FAILURE_BEHIND.test(part) || totalsOf(part) !== undefined
}
