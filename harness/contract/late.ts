import type { FindingReport, Problem } from './events.js'

/** A machine that ended, or hung, without a kernel report. */
interface SilentEnd {
  /** How it ended: `guest-reset` */
  readonly cause: string
}

export type LateReport = FindingReport | SilentEnd

/** A report that came too late to be attributed to a test. */
export interface LateEntry {
  /** The test that was running. */
  readonly during: string
  /** The last test that had ended on that machine. */
  readonly after?: string | undefined
  /** That test caused it again, alone. */
  readonly isProved?: boolean
  /** That test caused what came before it, alone. */
  readonly isConsequence?: true
  readonly report: LateReport
}

/** What came after the verdict on its test; a problem tells its test itself. */
export type Late = LateEntry | Problem
