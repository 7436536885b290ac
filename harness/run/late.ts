import type { FindingReport, Problem } from '../events.js'

/**
 * How long after a test's last step, or after its connection was cut, the kernel may still have something to say of it: of a
 * delayed work or a timer that it armed. In the guest's time, which goes by the host's clock whatever the accelerator.
 */
export const LATE_MS = 3_000

/** What the kernel said too late to be a test's. */
export interface Late {
  /** The test in which it came. */
  readonly during: string
  readonly finding: FindingReport
}

/** What of it nobody allows, for the suite's end. */
export const lateProblems = (late: readonly Late[]): Problem[] =>
  late
    .filter(({ finding }) => finding.allowed === undefined)
    .map(({ during, finding: { kind, title, location, trace } }) => {
      const place = location === undefined ? '' : ` at ${location.file}:${location.line}`
      return {
        message: `late, of a test before "${during}", in which it came: ${kind}: ${title}${place}`,
        detail: trace.join('\n'),
      }
    })
