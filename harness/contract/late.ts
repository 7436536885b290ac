import type { FindingReport, Problem } from './events.js'

/** A finding that came too late to be attributed to a test. */
interface LateFinding {
  /** The test that was running. */
  readonly during: string
  /** The last test that had ended on that machine. */
  readonly after?: string
  /** That test brought it about again, alone. */
  readonly isProved?: boolean
  readonly finding: FindingReport
}

/** What came after the verdict on its test; a problem tells its test itself. */
export type Late = LateFinding | Problem
