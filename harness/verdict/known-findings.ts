import type { KnownFinding } from './allow-list.js'
import type { Finding } from './finding.js'

/** A finding together with why it does not count, where it does not. */
export interface JudgedFinding {
  readonly finding: Finding
  readonly allowed: string | undefined
}

/** Says of each finding whether it is known to be a false alarm on this kernel; none is dropped. */
export function judge(
  findings: readonly Finding[],
  known: readonly KnownFinding[],
  kernel: { readonly series: string; readonly flavour: string },
): JudgedFinding[] {
  const here = known.filter(
    ({ from, to, flavour }) =>
      (from === undefined || compareSeries(from, kernel.series) <= 0) &&
      (to === undefined || compareSeries(kernel.series, to) <= 0) &&
      (flavour === undefined || flavour === kernel.flavour),
  )
  return findings.map(finding => ({
    finding,
    allowed: here.find(
      ({ kind, title }) => kind === finding.kind && new RegExp(title).test(finding.title),
    )?.reason,
  }))
}

function compareSeries(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number)
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number)
  return aMajor - bMajor || aMinor - bMinor
}
