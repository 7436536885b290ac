/** One planted bug: a patch of the module, and what must catch it. */
export interface Mutant {
  /** The file's name without `.patch`: `02-fd-leaked`. */
  readonly name: string
  /** What findings call the folder of the module that it is of. */
  readonly module: string
  /** Absolute path of the patch. */
  readonly file: string
  /** What the change breaks, in a sentence. */
  readonly breaks: string
  /** Where such a bug was seen. */
  readonly precedent: string
  /** Tests that must catch it, by their names. */
  readonly catcher: RegExp
  /** Kinds of findings of which one must come up; empty where the test's own assertions catch it. */
  readonly findings: readonly string[]
  readonly flavour: string
  /** Names of suites that have such a test, the quickest first. */
  readonly suites: readonly string[]
  /** The lines that the patch adds or changes. */
  readonly places: readonly PatchedPlace[]
}

/** What one hunk leaves in the mutated file. */
export interface PatchedPlace {
  /** Relative to the module's folder. */
  readonly file: string
  /** The hunk's number in the patch, from 1. */
  readonly hunk: number
  /** First line of the hunk before the change: how git names a hunk that does not apply. */
  readonly before: number
  /** First and last line of the hunk after the change. */
  readonly first: number
  readonly last: number
}
