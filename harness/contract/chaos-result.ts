/** One thing that was to be seen when a fault was made. */
export interface Check {
  readonly what: string
  readonly ok: boolean
  /** What was seen instead, when it is not ok. */
  readonly seen: string
}

/** What came of one fault. */
export interface FaultResult {
  /** Its place in the table of faults, from 1. */
  readonly row: number
  /** What the command takes: `panic`. */
  readonly name: string
  /** What goes wrong, for a person. */
  readonly fault: string
  /** What has to come of it. */
  readonly expected: string
  readonly ok: boolean
  /** Why it was not made, where this user may not: it is neither as expected nor otherwise then. */
  readonly skipped?: string
  /** For a person: what was seen. */
  readonly happened: readonly string[]
  /** What was to be seen and was not; or the error that kept the fault from being made. */
  readonly broken: readonly Check[]
  /** How many there were. */
  readonly checks: number
  readonly durationMs: number
}
