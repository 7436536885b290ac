/**
 * Finds why a TAP or KTAP stream cannot pass, from single lines and independently of the parser:
 * necessary conditions only. Undefined if none is violated.
 */
export function whyNoPass(text: string): string | undefined {
  if (text.includes('\0') || text.includes('\ufffd')) return 'it is no text'
  if (!text.endsWith('\n') && /^(?:not )?ok\b[^\n]*$(?![^])/m.test(text))
    return 'its last test was cut off'
  const lines = text.split('\n').map(line => line.replace(/\r$/, ''))
  const top = lines.filter(line => /^\S/.test(line))
  if (top.some(line => /^bail out!/i.test(line))) return 'it bails out'
  const failed = top.find(isFailure)
  if (failed !== undefined) return `it has "${failed}"`
  const tests = top.filter(isTest)
  const plans = top.filter(line => /^\d+\.\.\d+\s*(?:\s#.*)?$/s.test(line))
  if (plans.length > 1) return 'it has two plans'
  const [start, end] =
    /^(\d+)\.\.(\d+)/
      .exec(plans[0] ?? '')
      ?.slice(1)
      .map(Number) ?? []
  const planned =
    start === undefined || end === undefined
      ? undefined
      : start === 1 && end === 0
        ? 0
        : end - start + 1
  if (planned !== undefined && planned !== tests.length)
    return `it plans ${planned} tests, and ${tests.length} are there`
  if (planned === undefined && tests.length === 0) return 'it has no tests'
  const numbers = tests.flatMap(line => /^(?:not )?ok (\d+)(?: |$)/.exec(line)?.[1] ?? [])
  if (new Set(numbers.map(Number)).size < numbers.length) return 'it has a test twice'
  const isOutside = (number: string): boolean =>
    Number(number) < (start ?? 0) || Number(number) > (end ?? Infinity)
  if (numbers.some(isOutside)) return 'it has a test that is not in its plan'
  // YAML may contain anything; with odd indentation, parsers disagree about a line's level.
  const isClear = lines.every(line => !/^\s+---$/.test(line) && /^(?: {2})*(?:\S|$)/.test(line))
  const behind = lines.find(line => /^[^#]*\r\s*not ok(?: [^#]*)?$/.test(line))
  if (isClear && behind !== undefined) return `it hides "${behind}"`
  const commented = lines.find(line => /^# not ok \d+(?: [^#]*)?$/.test(line))
  if (isClear && commented !== undefined) return `it has "${commented}" in its comments`
  const inner = isClear ? lines.find(line => isFailure(line.trimStart())) : undefined
  return inner === undefined ? undefined : `it has "${inner}"`
}

const isTest = (line: string): boolean => /^(?:not )?ok(?: .*)?$/s.test(line)

/** A failed test without a directive that could excuse it. */
const isFailure = (line: string): boolean => /^not ok(?: |$)/.test(line) && !line.includes('#')
