import type { Lab } from './lab.js'

/** Something that goes wrong, made to happen for real while `modprove` runs. */
export interface Fault {
  /** Its place in the table, from 1. Faults of one row stand together. */
  readonly row: number
  /** What the command takes: `panic`. */
  readonly name: string
  /** What goes wrong, for a person. */
  readonly fault: string
  /** What has to come of it. */
  readonly expected: string
  /** Quick enough for `npm test`. */
  readonly fast?: boolean
  /**
   * Makes it happen, and tells the lab what was seen and what should have been. What is left behind by each run is
   * looked for by the lab itself.
   *
   * @throws ModproveError when it could not be made to happen
   */
  readonly make: (lab: Lab) => Promise<void>
}
