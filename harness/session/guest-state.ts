import type { Health } from '../suite-api/health.js'
import type { Invariant } from '../suite-api/registry.js'

/** A guest's state between two tests. */
export interface GuestState {
  readonly health: Health
  /** Names of the loaded modules. */
  readonly loaded: readonly string[]
  /** Sequence number of the kernel log's newest record. */
  readonly mark: number
  /** The invariants by which the health was read. */
  readonly invariants: readonly Invariant[]
}
