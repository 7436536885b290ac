import type { Reason } from './load-reasons.js'
import type { SourceCoverage } from './merge.js'

/** A line, or some of its branches, that was not executed. */
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

const explains = (
  { file, code, after = '' }: Reason,
  gap: Pick<Gap, 'file' | 'code' | 'before'>,
): boolean => file === gap.file && gap.code.includes(code) && gap.before.includes(after)

/** Lines and branches that were not executed, in source order. */
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
    // A line that never ran is already a gap.
    .filter(({ line }) => (lines.get(line) ?? 0) > 0)
    .flatMap(({ line, counts }) => {
      const never = counts.filter(count => count === 0).length
      return never === 0 ? [] : [gap(line, `${never} of ${counts.length} branches`)]
    })
  return [...dead, ...missed].sort((a, b) => a.line - b.line)
}

/** Reasons without a gap: the code was removed, or a test reaches it. */
export const unusedReasons = (reasons: readonly Reason[], gaps: readonly Gap[]): Reason[] =>
  reasons.filter(reason => !gaps.some(gap => explains(reason, gap)))
