import type { AcceleratorWish } from '../vm/index.js'

/** What a run is asked for. */
export interface RunRequest {
  /** Names, files or globs; empty for all. */
  readonly suites: readonly string[]
  /** Series or point releases. */
  readonly kernels: readonly string[]
  readonly flavours: readonly string[]
  readonly accelerator: AcceleratorWish
  /** Regular expression that test names must match. */
  readonly grep?: string
  readonly bail: boolean
  /** Leave the machine of the first suite that fails, else of the last one, up until the signal. */
  readonly keep: boolean
  /** Boot each machine afresh, instead of restoring it from a template. */
  readonly cold: boolean
  /** Tell what of the module was executed; needs a flavour that counts. */
  readonly coverage: boolean
  /** How often a test that failed is tried again, on a fresh machine; default 0. */
  readonly retries?: number
  /** Longest that a test may take, in milliseconds, whatever it declares and took before. */
  readonly timeoutMs?: number
  /** Machines side by side; one a core by default. */
  readonly slots?: number
  /** A run's name or folder: to compare with it, too. */
  readonly baseline?: string
  /** The run whose failure is run again. */
  readonly replayOf?: string
}
