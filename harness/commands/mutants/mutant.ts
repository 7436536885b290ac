/** A planted bug: a patch of the module, and what must catch it. */
export interface Mutant {
  /** The file's name without `.patch`: `02-fd-leaked`. */
  readonly name: string
  /** Its module's folder name in findings. */
  readonly module: string
  /** Absolute path of the patch. */
  readonly file: string
  /** What the change breaks, as a sentence. */
  readonly breaks: string
  /** Matches the names of tests that must catch it. */
  readonly catcher: RegExp
  /** Kinds of findings, one of which must occur; empty if the test's assertions suffice. */
  readonly findings: readonly string[]
  readonly flavour: string
  /** Suites with such a test, the fastest first. */
  readonly suites: readonly string[]
  /** The lines that the patch adds or changes. */
  readonly hunks: readonly Hunk[]
}

/** One hunk of the patch. */
export interface Hunk {
  /** Relative to the module's folder. */
  readonly file: string
  /** Its number in the patch, from 1. */
  readonly number: number
  /** Its first line before the change, by which git reports that it failed. */
  readonly before: number
  /** First and last line after the change. */
  readonly first: number
  readonly last: number
}
