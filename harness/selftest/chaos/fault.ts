import type { Lab } from './lab.js'

/** A fault, injected for real while `modprove` runs. */
export interface Fault {
  /** Its row in the table, from 1. Faults of one row are listed together. */
  readonly row: number
  /** Its name on the command line: `panic`. */
  readonly name: string
  /** Description for the user. */
  readonly fault: string
  /** The expected outcome. */
  readonly expected: string
  /** Fast enough for `npm test`. */
  readonly fast?: boolean
  /**
   * Injects the fault, and checks the outcome in the lab, which checks for leftovers of each run by
   * itself.
   * @throws ModproveError if the fault could not be injected
   */
  readonly make: (lab: Lab) => Promise<void>
}
