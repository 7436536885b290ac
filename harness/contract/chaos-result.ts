/** An effect that a fault must have. */
export interface Check {
  readonly what: string
  readonly ok: boolean
  /** What was seen instead, if not ok. */
  readonly seen: string
}

/** The result of one fault. */
export interface FaultResult {
  /** Row in the table of faults, from 1. */
  readonly row: number
  /** Its name on the command line: `panic`. */
  readonly name: string
  /** What goes wrong, in plain text. */
  readonly fault: string
  /** What the harness must do, in plain text. */
  readonly expected: string
  readonly ok: boolean
  /** Why this user may not make the fault: it has no result then. */
  readonly skipped?: string
  /** What was seen, in plain text. */
  readonly happened: readonly string[]
  /** Checks that failed, or the error that prevented the fault. */
  readonly broken: readonly Check[]
  /** Number of checks. */
  readonly checks: number
  readonly durationMs: number
}
