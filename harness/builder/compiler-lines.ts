import type { SourceLine } from '../contract/events.js'
import { linesOfError } from './lines-of-error.js'
import { ownErrorsFirst } from './own-errors.js'

/** What make and Kbuild say about their own steps: `  CC [M]  fs/inode.o`, `make[2]: Entering …`. */
const STEP = /^ {2}[A-Z][A-Z0-9_]*( \[M\])? +\S/
const MAKE = /^make(\[\d+\])?: (Entering|Leaving|Nothing to be done|warning: jobserver)/
/** What make says of a command that failed, which has said why. */
const FAILED_STEP = /^make(\[\d+\])?: \*\*\* \[.*\] Error \d+$/
const ERROR = /\berror: |^ERROR: |\bundefined reference to |^make(\[\d+\])?: \*\*\* /
const MOST_LINES = 60

const isError = (line: string): boolean => ERROR.test(line) && !FAILED_STEP.test(line)

/**
 * What is left of a failed build's output without its steps. Of more than sixty lines, every error's own line is kept, and the
 * first errors with what belongs to them: gcc's notes on macros would push the first out, by which the others came.
 *
 * @param own what the user's files begin with (`module/`): what is said of them comes first
 */
export function errorLines(output: string, own?: string): string {
  const all = toolLinesOf(output).filter(line => line !== '')
  const lines = all.some(isError) ? all.filter(line => !FAILED_STEP.test(line)) : all
  const errors = lines.flatMap((line, index) => (isError(line) ? [index] : []))
  if (own !== undefined && errors.length > 0) {
    const ordered = ownErrorsFirst(lines, errors, own)
    const cut = ordered.slice(MOST_LINES)
    if (cut.length === 0) return ordered.join('\n')
    return [...ordered.slice(0, MOST_LINES), leftOut(cut.length, cut.filter(isError).length)].join(
      '\n',
    )
  }
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

/**
 * Where to look first: the first error's place in the module, be that in what gcc notes of a macro that the module uses.
 *
 * @param output as {@link errorLines} gave it
 * @param module what the module's files begin with: `module/`
 * @returns `module/ring.c:12`
 */
export function firstPlace(output: string, module: string): SourceLine | undefined {
  const lines = output.split('\n')
  for (const [error, line] of lines.entries()) {
    if (!isError(line)) continue
    const around = linesOfError(lines, error).filter(index => index !== error)
    const after = around.filter(index => index > error).map(index => lines[index] ?? '')
    const before = around.filter(index => index < error).map(index => lines[index] ?? '')
    for (const said of [line, ...after, ...before.reverse()]) {
      const [, file, number] =
        /^(?:In file included from |\s+from )?([^\s:]+):(\d+)/.exec(said) ?? []
      if (file?.startsWith(module)) return { file, line: Number(number) }
    }
  }
  return undefined
}

/** gcc's and modpost's warnings in a build's output, each with the lines that belong to it. */
export function warningsOf(output: string): readonly string[] {
  const warnings: string[] = []
  let current: string[] | undefined
  const end = () => {
    if (current) warnings.push(current.join('\n'))
    current = undefined
  }
  for (const line of toolLinesOf(output)) {
    if (/\bwarning: |^WARNING: /.test(line)) {
      end()
      current = [line]
    } else if (current && /^\s|^[^:]+: (note|In function)/.test(line)) {
      current.push(line)
    } else {
      end()
    }
  }
  end()
  return warnings
}

const toolLinesOf = (output: string): readonly string[] =>
  output.split('\n').filter(line => line === '' || !(STEP.test(line) || MAKE.test(line)))

/** Counts the steps of a build that produce an object, as its output arrives in pieces. */
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
