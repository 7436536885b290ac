/** A worker's input. */
export interface FuzzWork {
  /** URL of the module that exports `readers`. */
  readonly module: string
  readonly reader: string
  readonly seed: number
  /** Cases `from`, `from + step`, … below `below`. */
  readonly from: number
  readonly step: number
  readonly below: number
  /** Two 32-bit numbers: the current case, and the number of finished cases. */
  readonly shared: SharedArrayBuffer
}

/** Value of `CURRENT` between cases. */
export const NONE = -1

/** Indexes in `shared`. */
export const CURRENT = 0
export const DONE = 1
