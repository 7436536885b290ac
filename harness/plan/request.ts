import type { RecordedRequest } from '../contract/events.js'
import type { AcceleratorRequest } from '../contract/accelerator.js'
import { defined } from '../platform/pick.js'

/** A request of nothing but the tests' results. */
export const plainRun = { bail: false, keep: false, cold: false, coverage: false } as const

/** A shard of several, counted from 1, as users name it: `2/3`. */
export interface ShardNumber {
  readonly number: number
  readonly of: number
}

/** What the user requests of a run. */
export interface RunRequest {
  /** Names, files or globs; empty for all. */
  readonly suites: readonly string[]
  /** Series or point releases. */
  readonly kernels: readonly string[]
  readonly flavours: readonly string[]
  readonly accelerator: AcceleratorRequest
  /** Regular expression that test names must match. */
  readonly grep?: string
  readonly bail: boolean
  /** Keep the machine of the first suite that fails, else of the last one, up until the signal. */
  readonly keep: boolean
  /** Boot every machine instead of restoring it from a template. */
  readonly cold: boolean
  /** Report the module's coverage; needs a flavour that counts. */
  readonly coverage: boolean
  /** Start no machine: build the modules, and skip what needs one. */
  readonly buildOnly?: boolean
  /** How often a failed test is retried, on a fresh machine; default 0. */
  readonly retries?: number
  /** Timeout of every test in milliseconds, in place of the declared one. */
  readonly timeoutMs?: number
  /** Only the jobs of one shard. */
  readonly shard?: ShardNumber
  /** Machines side by side; one per core by default. */
  readonly slots?: number
  /** Name or folder of a run to compare with as well. */
  readonly baseline?: string
  /** The run whose failure is replayed. */
  readonly replayOf?: string
}

/** A request before it is known which hosts run it. */
export type PlanRequest = Omit<RunRequest, 'accelerator'>

/** The part of a request that results depend on. */
export const recordedRequest = (request: PlanRequest): RecordedRequest => ({
  kernels: request.kernels,
  flavours: request.flavours,
  suites: request.suites,
  ...defined({ grep: request.grep }),
  ...(request.bail ? { bail: true } : {}),
  ...(request.buildOnly === true ? { buildOnly: true } : {}),
  cold: request.cold,
  coverage: request.coverage,
  retries: request.retries ?? 0,
  ...defined({ timeoutMs: request.timeoutMs, replayOf: request.replayOf }),
})
