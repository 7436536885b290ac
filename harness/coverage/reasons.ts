import { isText, loadReasonList } from '../reason-list.js'
import type { SourceCoverage } from './merge.js'

/** Why a piece of source cannot be reached by any test. */
export interface Reason {
  readonly file: string
  /** A part of the source line: line numbers move. */
  readonly code: string
  readonly reason: string
}

/** A line, or some of its branches, that nothing executed. */
export interface Gap {
  readonly file: string
  readonly line: number
  readonly code: string
  /** `line`, or `2 of 4 branches`. */
  readonly what: string
  /** From the project's list of reasons. */
  readonly reason?: string
}

/**
 * The project's list of what cannot be reached, and why; none when there is no such file.
 * @throws ModproveError `CONFIGURATION`
 */
export const loadReasons = (path: string): Promise<readonly Reason[]> =>
  loadReasonList(path, {
    holds: '{"file", "code", "reason"}, all texts',
    read: ({ file, code, reason }) =>
      isText(file) && isText(code) && isText(reason)
        ? { file, code, reason }
        : 'lacks file, code or reason',
  })

/** What nothing executed, in the order of the source. */
export function gapsOf(
  { file, lines, branches }: SourceCoverage,
  source: readonly string[],
  reasons: readonly Reason[],
): Gap[] {
  const gap = (line: number, what: string): Gap => {
    const code = (source[line - 1] ?? '').trim()
    const known = reasons.find(entry => entry.file === file && code.includes(entry.code))
    return { file, line, code, what, ...(known === undefined ? {} : { reason: known.reason }) }
  }
  const dead = [...lines].filter(([, count]) => count === 0).map(([line]) => gap(line, 'line'))
  const missed = branches
    // A line that never ran has said so.
    .filter(({ line }) => (lines.get(line) ?? 0) > 0)
    .flatMap(({ line, counts }) => {
      const never = counts.filter(count => count === 0).length
      return never === 0 ? [] : [gap(line, `${never} of ${counts.length} branches`)]
    })
  return [...dead, ...missed].sort((a, b) => a.line - b.line)
}

/** Reasons that explain nothing: the code has gone, or is reached by now. */
export const unusedReasons = (reasons: readonly Reason[], gaps: readonly Gap[]): Reason[] =>
  reasons.filter(
    ({ file, code }) => !gaps.some(gap => gap.file === file && gap.code.includes(code)),
  )
