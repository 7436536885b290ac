import type { Finding } from './finding.js'

/** The part of the kernel log that belongs to a test; both sequence numbers are inclusive. */
export interface Window {
  readonly test: string
  readonly firstSequence: number
  readonly lastSequence: number
}

export interface Charges {
  /** In the order of `windows`; every window has an entry. */
  readonly tests: readonly { readonly window: Window; readonly findings: readonly Finding[] }[]
  /** Began outside all tests' windows. */
  readonly suite: readonly Finding[]
}

/**
 * Assigns each finding to the test in whose window it began; a consequence (a panic after an oops)
 * to the test of its cause. Windows do not overlap.
 */
export function charge(findings: readonly Finding[], windows: readonly Window[]): Charges {
  const bySequence = new Map(findings.map(finding => [finding.firstSequence, finding]))
  const tests = windows.map(window => ({ window, findings: [] as Finding[] }))
  const suite: Finding[] = []
  for (const finding of findings) {
    const began = rootOf(finding, bySequence).firstSequence
    const test = tests.find(
      ({ window }) => window.firstSequence <= began && began <= window.lastSequence,
    )
    ;(test?.findings ?? suite).push(finding)
  }
  return { tests, suite }
}

function rootOf(finding: Finding, bySequence: ReadonlyMap<number, Finding>): Finding {
  const cause = finding.follows === undefined ? undefined : bySequence.get(finding.follows)
  // Terminates: causes have lower sequence numbers.
  return cause === undefined || cause.firstSequence >= finding.firstSequence
    ? finding
    : rootOf(cause, bySequence)
}
