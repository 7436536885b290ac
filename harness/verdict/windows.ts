import type { Finding } from './finding.js'

/** The part of the kernel's log that belongs to a test: both sequence numbers are within it. */
export interface Window {
  readonly test: string
  readonly firstSequence: number
  readonly lastSequence: number
}

export interface Charges {
  /** In the order of `windows`; every window has an entry. */
  readonly tests: readonly { readonly window: Window; readonly findings: readonly Finding[] }[]
  /** Began in no test's window: between tests, or after the last. */
  readonly suite: readonly Finding[]
}

/**
 * Gives every finding to the test in whose window it began; a consequence (a panic after an oops) goes
 * where its cause went. Windows do not overlap.
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
  // Causes have lower sequence numbers than consequences, so this ends.
  return cause === undefined || cause.firstSequence >= finding.firstSequence
    ? finding
    : rootOf(cause, bySequence)
}
