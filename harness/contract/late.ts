import type { FindingReport } from './events.js'

/** What the kernel said too late to be a test's. */
export interface Late {
  /** The test in which it came. */
  readonly during: string
  /** The last test that had ended on that machine. */
  readonly after?: string
  readonly finding: FindingReport
}
