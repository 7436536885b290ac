import type { FindingReport, Problem } from '../contract/events.js'
import type { Proof } from '../worker/prove.js'

/**
 * How long after a test's last step, or after its connection was cut, the kernel may still have something to say of it: of a
 * delayed work or a timer that it armed. In the guest's time, which goes by the host's clock whatever the accelerator.
 */
export const LATE_MS = 3_000

/** What the kernel said too late to be a test's. */
export interface Late {
  /** The test in which it came. */
  readonly during: string
  /** The last test that had ended on that machine. */
  readonly after?: string
  readonly finding: FindingReport
}

const last = (test: string | undefined): string =>
  test === undefined ? '' : ` ("${test}" had just ended)`

/** What of it nobody allows, for the suite's end. */
export const lateProblems = (late: readonly Late[]): Problem[] =>
  late
    .filter(({ finding }) => finding.allowed === undefined)
    .map(({ during, after, finding }) =>
      problemOf(`late, of a test before "${during}", in which it came${last(after)}`, finding),
    )

/** A test with what the kernel complained of a moment after it had ended, when nothing else had run on its machine. */
export function withAftermath(proof: Proof, after: readonly FindingReport[]): Proof {
  if (after.length === 0) return proof
  const problems = after.map(finding => problemOf('a moment after it had ended, alone', finding))
  return {
    ...proof,
    status: 'fail',
    problems: [...proof.problems, ...problems],
    findings: [...proof.findings, ...after],
  }
}

function problemOf(when: string, { kind, title, location, trace }: FindingReport): Problem {
  const place = location === undefined ? '' : ` at ${location.file}:${location.line}`
  return { message: `${when}: ${kind}: ${title}${place}`, detail: trace.join('\n') }
}
