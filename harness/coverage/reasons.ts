import { isText, loadReasonList } from '../platform/reason-list.js'
import type { SourceCoverage } from './merge.js'

/** Why a piece of source cannot be reached by any test. */
export interface Reason {
  readonly file: string
  /** A part of the source line: line numbers move. */
  readonly code: string
  /** A part of the line before, where the line itself is as many are: `if (ret)`. */
  readonly after?: string
  readonly reason: string
}

/** A line, or some of its branches, that nothing executed. */
export interface Gap {
  readonly file: string
  readonly line: number
  readonly code: string
  /** The line before it. */
  readonly before: string
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
    holds: '{"file", "code", "reason"}, all texts, and perhaps "after", a text',
    read: ({ file, code, after, reason }) => {
      if (!isText(file) || !isText(code) || !isText(reason)) return 'lacks file, code or reason'
      if (after === undefined) return { file, code, reason }
      return isText(after) ? { file, code, after, reason } : 'has an "after" that is no text'
    },
  })

const explains = (
  { file, code, after = '' }: Reason,
  gap: Pick<Gap, 'file' | 'code' | 'before'>,
): boolean => file === gap.file && gap.code.includes(code) && gap.before.includes(after)

/** What nothing executed, in the order of the source. */
export function gapsOf(
  { file, lines, branches }: SourceCoverage,
  source: readonly string[],
  reasons: readonly Reason[],
): Gap[] {
  const gap = (line: number, what: string): Gap => {
    const code = (source[line - 1] ?? '').trim()
    const before = (source[line - 2] ?? '').trim()
    const known = reasons.find(reason => explains(reason, { file, code, before }))
    const explained = known === undefined ? {} : { reason: known.reason }
    return { file, line, code, before, what, ...explained }
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
  reasons.filter(reason => !gaps.some(gap => explains(reason, gap)))
