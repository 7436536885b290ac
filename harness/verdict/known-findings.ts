import { compareVersions } from '../platform/text/version.js'
import type { KnownFinding } from './allow-list.js'
import type { Finding } from './finding.js'

/** A finding, and why it is allowed, if it is. */
export interface JudgedFinding {
  readonly finding: Finding
  readonly allowed: string | undefined
}

/** Marks findings that are known false alarms on this kernel; none is dropped. */
export function markKnownFindings(
  findings: readonly Finding[],
  known: readonly KnownFinding[],
  kernel: { readonly series: string; readonly flavour: string },
): JudgedFinding[] {
  const here = known.filter(
    ({ from, to, flavour }) =>
      (from === undefined || compareVersions(from, kernel.series) <= 0) &&
      (to === undefined || compareVersions(kernel.series, to) <= 0) &&
      (flavour === undefined || flavour === kernel.flavour),
  )
  return findings.map(finding => ({
    finding,
    allowed: here.find(
      ({ kind, title }) => kind === finding.kind && new RegExp(title).test(finding.title),
    )?.reason,
  }))
}
