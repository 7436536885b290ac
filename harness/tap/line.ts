import { bare } from './bare.js'

/** A line of TAP 13, TAP 14 (https://testanything.org), KTAP (Documentation/dev-tools/ktap.rst). */
export type TapLine =
  | { readonly kind: 'version'; readonly ktap: boolean }
  | {
      readonly kind: 'plan'
      readonly start: number
      readonly end: number
      readonly comment: string
    }
  | ({ readonly kind: 'point' } & PointLine)
  | { readonly kind: 'bailout'; readonly reason: string }
  /** `# Subtest: name`. */
  | { readonly kind: 'subtest'; readonly name: string }
  /** Without its `#`. */
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'text' }

export interface PointLine {
  readonly ok: boolean
  readonly number: number | undefined
  readonly name: string
  readonly directive?: Directive
}

interface Directive {
  /** XFAIL, TIMEOUT and ERROR are KTAP's. */
  readonly word: 'skip' | 'todo' | 'xfail' | 'timeout' | 'error'
  readonly reason: string
}

// The flag `s` lets `.` match a carriage return and U+2028: only a newline ends a line.
const VERSION = /^(K?)TAP version \d+\s*$/i
const PLAN = /^(\d+)\.\.(\d+)(?:\s+#\s*(.*)|\s*)$/s
const POINT = /^(not )?ok(?: (\d+))?(?:(?: -)?( .*))?$/s
const BAILOUT = /^bail out!(.*)$/is
const SUBTEST = /^# Subtest(?:: (.*))?$/s
const COMMENT = /^#\s?(.*)$/s

/** @param line without indentation and newline */
export function parseTapLine(line: string): TapLine {
  const point = POINT.exec(line)
  if (point !== null) {
    const [, not, digits, rest = ''] = point
    const number = digits === undefined ? undefined : Number(digits)
    return { kind: 'point', ok: not === undefined, number, ...described(rest, not === undefined) }
  }
  const version = VERSION.exec(line)
  if (version !== null) return { kind: 'version', ktap: version[1] !== '' }
  const plan = PLAN.exec(line)
  if (plan !== null) {
    const [, start, end, comment = ''] = plan
    return { kind: 'plan', start: Number(start), end: Number(end), comment: comment.trim() }
  }
  const bailout = BAILOUT.exec(line)
  if (bailout !== null) return { kind: 'bailout', reason: (bailout[1] ?? '').trim() }
  const subtest = SUBTEST.exec(line)
  if (subtest !== null) return { kind: 'subtest', name: (subtest[1] ?? '').trim() }
  const comment = COMMENT.exec(line)
  if (comment !== null) return { kind: 'comment', text: comment[1] ?? '' }
  return { kind: 'text' }
}

/**
 * Splits a description from its directive, at the first unescaped `#` (TAP 14); one that fails
 * a test counts behind others, too. A `#` that begins no directive belongs to the description.
 */
function described(text: string, ok: boolean): Pick<PointLine, 'name' | 'directive'> {
  // A newline stands for an escaped backslash, since no line contains one.
  const [head = '', ...more] = text.replaceAll('\\\\', '\n').split(/(?<=\s|^)(?<!\\)#/)
  const rest = unescaped(more.join('#'))
  const directive = directiveOf(rest.trim(), ok)
  if (directive !== undefined) return { name: unescaped(head).trim(), directive }
  for (const [index, each] of more.entries()) {
    const failing = FAILING.exec(bare(each).trim())
    if (failing === null) continue
    const name = [head, ...more.slice(0, index)].join('#')
    return { name: unescaped(name).trim(), directive: made(failing) }
  }
  const name = unescaped(head) + (/^time=[\d.]+m?s$|^$/.test(rest.trim()) ? '' : `#${rest}`)
  return { name: name.trim() }
}

const unescaped = (text: string): string => text.replaceAll('\\#', '#').replaceAll('\n', '\\')

/** KTAP's, as the kernel prints them; any program may say "error" of a test that passed. */
const FAILING = /^(TIMEOUT|ERROR)\b:?(.*)$/s

function directiveOf(text: string, ok: boolean): Directive | undefined {
  // TAP: any case and form (`skipped: no device`).
  const found =
    /^(todo)\b(.*)$/is.exec(text) ??
    /^(skip)(?:s|ped|ping)?\b(.*)$/is.exec(text) ??
    /^(XFAIL)\b:?(.*)$/s.exec(text) ??
    (ok ? null : /^(error)\b:?(.*)$/s.exec(text)) ??
    FAILING.exec(text)
  return found === null ? undefined : made(found)
}

const made = ([, word = '', reason = '']: RegExpExecArray): Directive => ({
  word: word.toLowerCase() as Directive['word'],
  reason: reason.trim(),
})
