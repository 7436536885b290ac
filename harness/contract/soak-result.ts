/** Resources of this process and its children after a run. */
export interface Figures {
  /** Descendants of this process. */
  readonly processes: number
  /** proc(5) fd of this process. */
  readonly descriptors: number
  /** In the folder for temporary files. */
  readonly temporaryFiles: number
  /** In the cache, without compiler caches. */
  readonly cacheFiles: number
  /** Of this process, after a garbage collection; MiB. */
  readonly heapMiB: number
  /** Resident set of this process; MiB. */
  readonly residentMiB: number
}

/** One figure over the runs. */
export interface Trend {
  readonly figure: keyof Figures
  readonly first: number
  readonly last: number
  readonly most: number
  /** Least-squares slope per run, without the first runs, which fill caches. */
  readonly slope: number
  /** Why this counts as growth; undefined if it does not. */
  readonly grows?: string
}

/** One run of a soak. */
export interface SoakedRun extends Figures {
  readonly exitCode: number
  readonly durationMs: number
}

/** The result of a soak. */
export interface SoakResult {
  readonly runs: readonly SoakedRun[]
  readonly trends: readonly Trend[]
  /** The record of the run that failed. */
  readonly red?: string
}
