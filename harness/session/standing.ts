import type { Health } from '../suite-api/health.js'
import type { Invariant } from '../suite-api/registry.js'

/** A guest between two tests. */
export interface Standing {
  readonly health: Health
  /** Names of the loaded modules. */
  readonly loaded: readonly string[]
  /** Sequence number of the kernel log's newest record. */
  readonly mark: number
  /** What the health was read by. */
  readonly invariants: readonly Invariant[]
}
