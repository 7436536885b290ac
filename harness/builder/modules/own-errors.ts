import { isWithin } from '../../platform/files/is-within.js'
import { INLINED, linesOfError } from './lines-of-error.js'

/** Most source lines and markers shown below an error. */
const MOST_BELOW = 4
const BELOW = /^\s+(\d+ )?\|/
const IN_FUNCTION = /: (In function |At top level)/

/**
 * Orders a failed build's lines: errors in the user's files, then errors in other files with the
 * place in the user's files that led to them, then everything else (gcc's notes).
 * @param errors indexes of the errors' own lines
 * @param own the user's files
 */
export function ownErrorsFirst(
  lines: readonly string[],
  errors: readonly number[],
  own: readonly string[],
): readonly string[] {
  const isOwn = (error: number): boolean => beginsIn(lines[error], own)
  const heads = [
    ...errors.filter(isOwn).flatMap(error => headOf(lines, error)),
    ...errors.filter(error => !isOwn(error)).flatMap(error => withOwnPlace(lines, error, own)),
  ]
  const order = new Set([...heads, ...lines.keys()])
  return [...order].map(index => lines[index] ?? '')
}

/** An error with its function above, and gcc's source lines below. */
function headOf(lines: readonly string[], error: number): number[] {
  const before = linesOfError(lines, error).filter(
    index => index < error && IN_FUNCTION.test(lines[index] ?? ''),
  )
  return [...before, error, ...below(lines, error)]
}

/** An error in another file, with the user's macro, caller or `#include` that led to it. */
function withOwnPlace(lines: readonly string[], error: number, own: readonly string[]): number[] {
  const head = headOf(lines, error)
  const place = linesOfError(lines, error)
  const isIn = (index: number, before: RegExp): boolean =>
    beginsIn(lines[index]?.replace(before, ''), own)
  const used = place.find(index => index > error && isIn(index, /^\s+/))
  if (used !== undefined) return [...head, used, ...below(lines, used)]
  const led =
    place.find(index => isIn(index, INLINED)) ??
    place.find(index => index < error && isIn(index, /^.* from /))
  return led === undefined ? head : [led, ...head]
}

/** Whether a line begins with a file of the user: `module/ring.c:7`. */
const beginsIn = (line = '', own: readonly string[]): boolean =>
  isWithin(line.split(':', 1)[0] ?? '', own)

function below(lines: readonly string[], index: number): number[] {
  const shown: number[] = []
  for (let next = index + 1; shown.length < MOST_BELOW; next++) {
    if (!BELOW.test(lines[next] ?? '')) break
    shown.push(next)
  }
  return shown
}
