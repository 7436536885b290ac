import type { SourceLine } from '../../contract/events.js'
import type { ErrorDetails } from '../../platform/errors.js'
import { isWithin } from '../../platform/files/is-within.js'
import { defined } from '../../platform/pick.js'
import { INLINED, linesOfError } from './lines-of-error.js'
import { ownErrorsFirst } from './own-errors.js'

/** Progress lines of make and Kbuild: `  CC [M]  fs/inode.o`, `make[2]: Entering …`. */
const STEP = /^ {2}[A-Z][A-Z0-9_]*( \[M\])? +\S/
const MAKE = /^make(\[\d+\])?: (Entering|Leaving|Nothing to be done|warning: jobserver)/
/** make's line about a failed command, which has printed its own error. */
const FAILED_STEP = /^make(\[\d+\])?: \*\*\* \[.*\] Error \d+$/
const ERROR = /\berror: |^ERROR: |\bundefined reference to |^make(\[\d+\])?: \*\*\* /
const OTHER_COMPILER = /^warning: the compiler differs from the one used to build the kernel$/
const MOST_LINES = 60
/** An error of sparse does not end the build. */
const WARNING = /\bwarning: |^WARNING: |^\S+:\d+:\d+: error: /
/** Source lines and notes; sparse has its place before each of its lines. */
const OF_WARNING = /^\s|^[^:]+(:\d+)*: note: |^\S+:\d+:\d+: {2}/
/** clang has its marks below a source line, which begins as in its file. */
const MARKS = /^ *[~^]/

const errorsIn = (lines: readonly string[]): readonly number[] =>
  lines.flatMap((line, index) => (isError(line) ? [index] : []))

const isError = (line: string): boolean => ERROR.test(line) && !FAILED_STEP.test(line)

/**
 * Reads the output of a failed build.
 * @param own the user's files, whose errors come first
 * @returns what an error shows of it: its lines without make's steps, the first line with an error,
 *   and where in the user's files that is
 */
export function compilerErrors(
  output: string,
  own?: readonly string[],
): Pick<ErrorDetails, 'detail' | 'firstError' | 'at'> {
  const detail = errorLines(output, own)
  const lines = detail.split('\n')
  return { detail, ...defined({ firstError: lines.find(isError), at: firstPlace(lines, own) }) }
}

/**
 * Returns a failed build's output without its steps. If longer than sixty lines, keeps each error's
 * own line, and the context of the first ones, which gcc's notes on macros would otherwise push
 * out.
 */
function errorLines(output: string, own?: readonly string[]): string {
  const all = toolLinesOf(output).filter(line => line !== '')
  const told = all.some(isError) ? all.filter(line => !FAILED_STEP.test(line)) : all
  const lines = own === undefined ? told : ownErrorsFirst(told, errorsIn(told), own)
  const errors = errorsIn(lines)
  if (lines.length <= MOST_LINES) return lines.join('\n')
  if (errors.length === 0) return lines.slice(-MOST_LINES).join('\n')
  const kept = new Set(errors.slice(0, MOST_LINES))
  for (const error of errors) {
    for (const index of linesOfError(lines, error)) if (kept.size < MOST_LINES) kept.add(index)
  }
  const shown: string[] = []
  let next = 0
  for (const index of [...kept].sort((a, b) => a - b)) {
    if (index > next) shown.push(leftOut(index - next))
    shown.push(lines[index] ?? '')
    next = index + 1
  }
  if (next < lines.length) shown.push(leftOut(lines.length - next, errors.length - MOST_LINES))
  return shown.join('\n')
}

const leftOut = (lines: number, errors = 0): string =>
  `  … ${lines} line${lines === 1 ? '' : 's'}${errors > 0 ? `, ${errors} of them errors` : ''}`

/** The first error's line in the user's files, which may be in gcc's note on a macro used there. */
function firstPlace(lines: readonly string[], own: readonly string[] = []): SourceLine | undefined {
  for (const [error, line] of lines.entries()) {
    if (!isError(line)) continue
    const around = linesOfError(lines, error).filter(index => index !== error)
    const after = around.filter(index => index > error).map(index => lines[index] ?? '')
    const before = around.filter(index => index < error).map(index => lines[index] ?? '')
    const inlined = before.filter(text => INLINED.test(text))
    for (const text of [line, ...after, ...inlined, ...before.reverse()]) {
      const [, file, number] =
        /^(?:In file included from |\s+from )?([^\s:]+):(\d+)/.exec(text.replace(INLINED, '')) ?? []
      if (file !== undefined && isWithin(file, own)) return { file, line: Number(number) }
    }
  }
  return undefined
}

/** Returns warnings of gcc, clang, modpost and sparse, each with its context lines. */
export function warningsOf(output: string): readonly string[] {
  const warnings: string[] = []
  let current: string[] | undefined
  let inlined: string[] = []
  const end = () => {
    if (current) warnings.push(current.join('\n'))
    current = undefined
  }
  const lines = toolLinesOf(output)
  for (const [at, line] of lines.entries()) {
    const isMarked = lines.slice(at, at + 2).some(each => MARKS.test(each))
    if (WARNING.test(line)) {
      end()
      // Of Kbuild, about this host: a distribution's compiler has point releases, too.
      current = OTHER_COMPILER.test(line) ? undefined : [line, ...inlined]
    } else if (current && (isMarked || OF_WARNING.test(line))) {
      current.push(line)
    } else {
      end()
      inlined = INLINED.test(line) ? [...inlined, line] : []
    }
  }
  end()
  return warnings
}

const toolLinesOf = (output: string): readonly string[] =>
  output.split('\n').filter(line => line === '' || !(STEP.test(line) || MAKE.test(line)))

/** Counts the object files of a build from chunks of its output. */
export class StepCounter {
  objects = 0
  /** The last step: `CC fs/inode.o`. */
  last = ''
  #rest = ''

  add(piece: string): void {
    const lines = (this.#rest + piece).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!STEP.test(line)) continue
      this.last = line.trim().replace(/ +/g, ' ')
      if (/\.o$/.test(line)) this.objects++
    }
  }
}
