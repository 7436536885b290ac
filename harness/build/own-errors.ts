import { placeOf } from './compiler-lines.js'

/** Most lines of source and marks that are shown below an error. */
const MOST_BELOW = 4
const BELOW = /^\s+(\d+ )?\|/
const IN_FUNCTION = /: (In function |At top level)/

/**
 * The lines of a failed build, the user's own first: the errors in his files, then those in other files, each with the place in
 * his files that led to it, then everything else (gcc's notes), all in order.
 *
 * @param errors indexes of the errors' own lines
 * @param own what the user's files begin with: `module/`
 */
export function ownErrorsFirst(
  lines: readonly string[],
  errors: readonly number[],
  own: string,
): readonly string[] {
  const isOwn = (error: number): boolean => lines[error]?.startsWith(own) === true
  const heads = [
    ...errors.filter(isOwn).flatMap(error => headOf(lines, error)),
    ...errors.filter(error => !isOwn(error)).flatMap(error => withOwnPlace(lines, error, own)),
  ]
  const order = new Set([...heads, ...lines.keys()])
  return [...order].map(index => lines[index] ?? '')
}

/** An error with its function before it, and the source that gcc shows below it. */
function headOf(lines: readonly string[], error: number): number[] {
  const before = placeOf(lines, error).filter(
    index => index < error && IN_FUNCTION.test(lines[index] ?? ''),
  )
  return [...before, error, ...below(lines, error)]
}

/** An error in another file, with the place in the user's that led to it: by a macro, or by an `#include`. */
function withOwnPlace(lines: readonly string[], error: number, own: string): number[] {
  const head = headOf(lines, error)
  const place = placeOf(lines, error)
  const isIn = (index: number, before: RegExp): boolean =>
    lines[index]?.replace(before, '').startsWith(own) === true
  const used = place.find(index => index > error && isIn(index, /^\s+/))
  if (used !== undefined) return [...head, used, ...below(lines, used)]
  const included = place.find(index => index < error && isIn(index, /^.* from /))
  return included === undefined ? head : [included, ...head]
}

function below(lines: readonly string[], index: number): number[] {
  const shown: number[] = []
  for (let next = index + 1; shown.length < MOST_BELOW; next++) {
    if (!BELOW.test(lines[next] ?? '')) break
    shown.push(next)
  }
  return shown
}
