/** What a worker is given. */
export interface FuzzWork {
  /** Address of the module that has `readers`. */
  readonly module: string
  readonly reader: string
  readonly seed: number
  /** Cases `from`, `from + step`, … below `below`. */
  readonly from: number
  readonly step: number
  readonly below: number
  /** Two 32-bit numbers: the case that is being read, and how many have been. */
  readonly shared: SharedArrayBuffer
}

/** Instead of a case: none is being read. */
export const NONE = -1

/** Places in `shared`. */
export const CURRENT = 0
export const DONE = 1
