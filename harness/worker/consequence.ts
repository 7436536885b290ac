import type { LateReport } from '../contract/late.js'
import { isAllowed } from '../verdict/index.js'

/** What was left behind is of whoever left it, at whatever time it is found. */
const LEFT: readonly string[] = ['kmemleak', 'outliving', 'page-owner']

/**
 * Whether a report may come of another of the same machine: it came later, and names no line of the
 * module itself. A kernel that was broken once reports something else each time.
 */
export const comesOf = (report: LateReport, root: LateReport): boolean => {
  if ('cause' in root || isAllowed(root)) return false
  if ('cause' in report) return true
  const isOwn = report.location !== undefined || LEFT.includes(report.kind)
  return !isOwn && (report.records?.first ?? 0) > (root.records?.first ?? Infinity)
}
