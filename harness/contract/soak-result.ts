/** What this process and its children hold when a run has ended. */
export interface Figures {
  /** Processes that descend from this one. */
  readonly processes: number
  /** proc(5) fd of this process. */
  readonly descriptors: number
  /** Below the folder for temporary files. */
  readonly temporaryFiles: number
  /** Below the cache, compiler caches aside. */
  readonly cacheFiles: number
  /** Of this process, after the garbage was collected; MiB. */
  readonly heapMiB: number
  /** Resident set of this process; MiB. */
  readonly residentMiB: number
}

/** How one figure went from run to run. */
export interface Trend {
  readonly figure: keyof Figures
  readonly first: number
  readonly last: number
  readonly most: number
  /** Least-squares slope, a run; of the runs after the first ones, which fill caches. */
  readonly slope: number
  /** Why this is growth; undefined when it is none. */
  readonly grows?: string
}

/** One run of a soak. */
export interface SoakedRun extends Figures {
  readonly exitCode: number
  readonly durationMs: number
}

/** What a soak came to. */
export interface SoakResult {
  readonly runs: readonly SoakedRun[]
  readonly trends: readonly Trend[]
  /** The record of the run that was red. */
  readonly red?: string
}
