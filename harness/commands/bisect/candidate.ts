import type { Column } from '../../plan/column.js'

/** A release or a commit of the module to test. */
export interface Candidate {
  /** `6.12.107`, `1a2b3c4d5e6f` */
  readonly name: string
  readonly column: Column
  /** Identifies what is tested, without suites: the kernel's build and the module's files. */
  readonly content: string
  /** Whether its kernel is already compiled. */
  readonly isBuilt: boolean
  /** Distinguishes its job's id from others of the same kernel. */
  readonly jobFolder: string
  /** Fills an empty folder with the modules' sources; absent to test the checkout's. */
  readonly extract?: (into: string) => Promise<void>
}

/** The candidates from the good end to the bad end. */
export interface SearchSpace {
  readonly over: 'releases' | 'commits'
  readonly candidates: readonly Candidate[]
  /** Describes changes after `good` up to `bad`, one line each. */
  readonly between: (good: number, bad: number) => Promise<readonly string[]>
}
