import type { FindingReport } from './events.js'

/** A finding that came too late to be attributed to a test. */
export interface Late {
  /** The test that was running. */
  readonly during: string
  /** The last test that had ended on that machine. */
  readonly after?: string
  readonly finding: FindingReport
}
