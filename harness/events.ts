/** Version of the shapes in this file; a reader refuses a record with a newer one. */
export const SCHEMA = 1

/**
 * - `pass`, `fail`: the module did, or did not do, what the test says;
 * - `skip`: the test says that it does not apply here, and why;
 * - `error`: the harness or its machine failed, so nothing is known of the module;
 * - `miss`: planned, and never ran.
 */
export type Status = 'pass' | 'fail' | 'skip' | 'error' | 'miss'

/** One suite file on one kernel: the unit that is scheduled. */
export interface JobRef {
  /** Unique in its run, and a folder name: `6.1.192-plain/mmap`. */
  readonly id: string
  readonly series: string
  readonly release: string
  readonly flavour: string
  /** The suite file's name without `.suite.ts`. */
  readonly suite: string
  /** The bug that was planted in the module, where one was. */
  readonly mutant?: string
}

/** What the kernel log said, as reports show it; plain data. */
export interface FindingReport {
  readonly kind: string
  readonly title: string
  /** In the module's source, relative to the checkout: `module/ring.c`. */
  readonly location?: { readonly file: string; readonly line: number }
  /** Call trace with source lines where they are known, one frame a line. */
  readonly trace: readonly string[]
  /** The splat as the kernel printed it; bounded. */
  readonly text: string
  /** Set where the allow-list says that this is a known false alarm, and why. */
  readonly allowed?: string
}

/** One assertion that did not hold, or one rule that the harness found broken. */
export interface Problem {
  readonly message: string
  /** Of an error of ours: `MODULE_DOES_NOT_LOAD`. */
  readonly code?: string
  /** Rendered diagnostics: a diff, a stack, a log excerpt. */
  readonly detail?: string
  /** Where in the suite, relative to the checkout. */
  readonly at?: string
}

/** How many points of failure one system call had, each of which was made to fail once. */
export interface FaultSweep {
  readonly scenario: string
  readonly points: number
  /** How often it failed, with an error that was expected. */
  readonly errors: number
  /** How often it succeeded all the same. */
  readonly tolerated: number
}

export interface Counts {
  readonly pass: number
  readonly fail: number
  readonly skip: number
  readonly error: number
  readonly miss: number
}

/** How many there are, and how many were executed. */
export interface Share {
  readonly covered: number
  readonly total: number
}

/** What was executed of one source file. */
export interface CoveredFile {
  /** Relative to the checkout. */
  readonly file: string
  readonly lines: Share
  readonly functions: Share
  readonly branches: Share
}

/** All durations are in milliseconds of a monotonic clock; `at` is ISO 8601 in UTC. */
export type RunEvent =
  | {
      readonly type: 'run-start'
      readonly schema: number
      readonly run: string
      readonly at: string
      readonly folder: string
      readonly version: string
      readonly commit: string | null
      readonly argv: readonly string[]
    }
  | { readonly type: 'plan'; readonly jobs: readonly JobRef[] }
  | {
      /** A kernel or the module on it could not be built: every job of that column is lost. */
      readonly type: 'build-failed'
      readonly release: string
      readonly flavour: string
      readonly status: 'fail' | 'error'
      readonly problem: Problem
    }
  | {
      readonly type: 'job-start'
      readonly job: string
      readonly at: string
      readonly title: string
      readonly tests: readonly string[]
    }
  | { readonly type: 'test-start'; readonly job: string; readonly test: string }
  | {
      readonly type: 'test-end'
      readonly job: string
      readonly test: string
      readonly status: Status
      /** 1 for the first try. */
      readonly attempt: number
      readonly durationMs: number
      /** Why it was skipped, or was lost. */
      readonly reason?: string
      /** How the machine died: `panic`, `oops`, `hang`, … */
      readonly cause?: string
      /** The test did not end within its time. */
      readonly overrun?: boolean
      readonly problems: readonly Problem[]
      readonly findings: readonly FindingReport[]
      readonly sweeps?: readonly FaultSweep[]
    }
  | {
      /** What all machines of the run executed of the module. */
      readonly type: 'coverage'
      /** Of `lcov.info` and `index.html`; absolute. */
      readonly folder: string
      readonly files: readonly CoveredFile[]
      /** What none did. */
      readonly gaps: readonly {
        readonly file: string
        readonly line: number
        readonly code: string
        readonly what: string
        readonly reason?: string
      }[]
      /** Reasons for gaps that there are not. */
      readonly unusedReasons: readonly { readonly file: string; readonly code: string }[]
    }
  | { readonly type: 'note'; readonly job: string; readonly text: string }
  | {
      readonly type: 'job-end'
      readonly job: string
      readonly durationMs: number
      readonly counts: Counts
      /** Set when the file as a whole failed: it threw at import, its worker died. */
      readonly problem?: Problem
    }
  | {
      readonly type: 'run-end'
      readonly at: string
      readonly durationMs: number
      readonly counts: Counts
      readonly exitCode: number
      readonly interrupted: boolean
    }

export const noCounts: Counts = { pass: 0, fail: 0, skip: 0, error: 0, miss: 0 }

/** Adds test results to counts. */
export function count(counts: Counts, ...statuses: readonly Status[]): Counts {
  const sum = { ...counts }
  for (const status of statuses) sum[status] += 1
  return sum
}
