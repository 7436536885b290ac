/** What a line of TAP 13, TAP 14 or KTAP says; https://testanything.org, Documentation/dev-tools/ktap.rst. */
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

export interface Directive {
  /** XFAIL, TIMEOUT and ERROR are KTAP's. */
  readonly word: 'skip' | 'todo' | 'xfail' | 'timeout' | 'error'
  readonly reason: string
}

// Only a newline ends a line: what JavaScript takes for another end of one (a carriage return, U+2028) is a character of it.
const VERSION = /^(K?)TAP version \d+$/i
const PLAN = /^(\d+)\.\.(\d+)(?:\s+#\s*(.*))?$/s
const POINT = /^(not )?ok(?: (\d+))?(?:(?: -)?( .*))?$/s
const BAILOUT = /^bail out!(.*)$/is
const SUBTEST = /^# Subtest(?:: (.*))?$/s
const COMMENT = /^#\s?(.*)$/s

/** @param line without its indentation and its end */
export function parseTapLine(line: string): TapLine {
  const point = POINT.exec(line)
  if (point !== null) {
    const [, not, digits, rest = ''] = point
    const number = digits === undefined ? undefined : Number(digits)
    return { kind: 'point', ok: not === undefined, number, ...described(rest) }
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
 * A description and the directive behind its first `#` that nothing escapes (TAP 14); what follows a `#` and is no
 * directive belongs to the description.
 */
function described(text: string): Pick<PointLine, 'name' | 'directive'> {
  // Pairs of backslashes are set aside: no line has a newline.
  const [head = '', ...more] = text.replaceAll('\\\\', '\n').split(/(?<=\s|^)(?<!\\)#/)
  const rest = unescaped(more.join('#'))
  const directive = directiveOf(rest.trim())
  if (directive !== undefined) return { name: unescaped(head).trim(), directive }
  const name = unescaped(head) + (/^time=[\d.]+m?s$|^$/.test(rest.trim()) ? '' : `#${rest}`)
  return { name: name.trim() }
}

const unescaped = (text: string): string => text.replaceAll('\\#', '#').replaceAll('\n', '\\')

function directiveOf(text: string): Directive | undefined {
  // TAP's in any case and form (`skipped: no device`), KTAP's as the kernel prints them.
  const [, word, reason] =
    /^(todo|skip)\S*\b(.*)$/is.exec(text) ??
    /^(XFAIL|TIMEOUT|ERROR|error)\b:?(.*)$/s.exec(text) ??
    []
  if (word === undefined) return undefined
  return { word: word.toLowerCase() as Directive['word'], reason: (reason ?? '').trim() }
}
