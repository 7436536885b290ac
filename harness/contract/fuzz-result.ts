/** The problem with one case. */
export interface FuzzProblem {
  readonly number: number
  readonly problem: string
}

/** Results of one parser. */
export interface FuzzResult<Problem extends FuzzProblem = FuzzProblem> {
  readonly reader: string
  /** How many were read. */
  readonly cases: number
  /** In order of case number. */
  readonly problems: readonly Problem[]
  readonly durationMs: number
}

/** A parser's results, with a command that reproduces each problem. */
export interface ReaderResult extends FuzzResult<FuzzProblem & { readonly again: string }> {
  readonly reads: string
  readonly seed: number
}
