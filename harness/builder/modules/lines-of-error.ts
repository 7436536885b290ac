/** Starts gcc's lines on where the next error or warning is. */
const LEADS_TO =
  /^In (?:file included from |function )|^\s+(?:from|inlined from) |: (?:In function |At top level)/
/** Before the place where gcc put a function's body in place of a call. */
export const INLINED = /^ +inlined from .* at /
const DIAGNOSTIC = /\b(error|warning): |^(ERROR|WARNING): /

/** Returns indexes of the lines that belong to the error at an index, including it, in order. */
export function linesOfError(lines: readonly string[], error: number): number[] {
  const at = (index: number): string => lines[index] ?? ''
  let first = error
  while (first > 0 && LEADS_TO.test(at(first - 1))) first--
  let end = error + 1
  while (end < lines.length && !DIAGNOSTIC.test(at(end)) && !LEADS_TO.test(at(end))) end++
  return Array.from({ length: end - first }, (_, index) => first + index)
}
