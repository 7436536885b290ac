import type { FindingKind } from './finding-kinds.js'
import type { Finding } from './finding.js'

/** Checks that see a wrong access itself; what else is said then comes of it. */
const OF_MEMORY: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'kasan',
  'kfence',
  'kmsan',
  'page-poison',
  'slub',
  'usercopy',
])

/** Whether a report only says how the one before it went on. */
const isConsequence = ({ kind, frames }: Finding, cause: Finding): boolean =>
  kind === 'panic' ||
  // fs/sysfs/file.c names the kernel's wrapper of the function that drivers/base/core.c has named.
  (kind === 'sysfs' && cause.kind === 'sysfs' && frames.every(({ module }) => module === undefined))

/** Without the consequences of others, whose texts they end. */
export function withoutConsequences(findings: readonly Finding[]): readonly Finding[] {
  const kept: Finding[] = []
  for (const finding of findings) {
    const at = kept.findIndex(({ firstSequence }) => firstSequence === finding.follows)
    const cause = kept[at]
    if (cause === undefined || !isConsequence(finding, cause)) kept.push(finding)
    else kept[at] = { ...cause, text: `${cause.text}\n${finding.text}` }
  }
  return kept
}

/**
 * The likely root first: a memory error at a line of a module, then what has a line; else by time.
 * KASAN prints last if its own message causes a report of the console's locks.
 */
export function byCause(findings: readonly Finding[]): readonly Finding[] {
  const rankOf = ({ kind, location, fatality }: Finding): number => {
    if (location !== undefined && OF_MEMORY.has(kind)) return 0
    return location !== undefined || fatality !== 'report' ? 1 : 2
  }
  return findings.toSorted((a, b) => rankOf(a) - rankOf(b))
}
