import type { Column } from '../../plan/columns.js'

/** One place of what is searched: a release, or a commit of the module. */
export interface Candidate {
  /** `6.12.107`, `1a2b3c4d5e6f` */
  readonly name: string
  readonly column: Column
  /** Names what is tested there but the suites: the kernel's build and the module's files. */
  readonly content: string
  /** Its kernel need not be compiled. */
  readonly isBuilt: boolean
  /** Sets the job's id apart from others of the same kernel. */
  readonly jobFolder: string
  /** Fills an empty folder with the module's files; undefined where the checkout's are tested. */
  readonly extract?: (into: string) => Promise<void>
}

/** What is searched, from the good end to the bad end. */
export interface Row {
  readonly over: 'releases' | 'commits'
  readonly candidates: readonly Candidate[]
  /** What lies between two places, the first left out: a line each. */
  readonly between: (good: number, bad: number) => Promise<readonly string[]>
}
