import type {
  Counts,
  CoveredFile,
  FaultSweep,
  FindingReport,
  Host,
  Problem,
  TestChange,
} from '../../contract/events.js'

/**
 * Data of the page: two JSON documents, the run as a whole, and details that are parsed when a test
 * is opened. All text is visible and bounded (visible.ts). Tests are numbered; jobs with the same
 * tests share one list.
 */
export interface ReportData {
  readonly run: RunData
  readonly columns: readonly ColumnData[]
  readonly suites: readonly SuiteData[]
  /** Names; a test's number is its index. */
  readonly tests: readonly string[]
  /** Lists of tests' numbers, in the order in which they ended. */
  readonly lists: readonly (readonly number[])[]
  readonly jobs: readonly JobData[]
  readonly sayings: readonly Saying[]
  readonly comparisons: readonly ComparisonData[]
  readonly coverage?: CoverageData
}

export interface RunData {
  readonly id: string
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly version: string
  readonly commit: string | null
  readonly argv: readonly string[]
  readonly host: Host
  readonly counts: Counts
  /** Undefined if the run was cut off or is still going on. */
  readonly end?: {
    readonly durationMs: number
    readonly exitCode: number
    readonly interrupted: boolean
  }
}

export interface ColumnData {
  readonly kernel: string
  readonly series: string
  readonly release: string
  readonly flavour: string
  readonly built?: {
    readonly source: string
    readonly compiler: string
    readonly warnings: readonly string[]
    readonly durationMs: number
  }
  readonly failed?: { readonly status: 'fail' | 'error'; readonly problem: Problem }
}

export interface SuiteData {
  /** After the planted bug, if there is one: `02-descriptor-leaked/ioctl`. */
  readonly name: string
  readonly title: string
}

/** How a test ended, as in the history: `p`ass, `f`ail, `s`kip, `e`rror, `m`iss, flak`y`. */
export type End = 'p' | 'f' | 's' | 'e' | 'm' | 'y'

/** Why a test did not pass, in a few words, and the line to look at first. */
export interface Saying {
  readonly text: string
  /** `module/ring.c:12` */
  readonly at?: string
}

export interface JobData {
  /** Indexes in the lists of columns, suites and lists of tests. */
  readonly column: number
  readonly suite: number
  readonly list: number
  /** An {@link End} for each test of the list. */
  readonly ends: string
  /** Milliseconds for each test of the list. */
  readonly ms: readonly number[]
  readonly notes: readonly string[]
  /** Index in the list → index of the details. */
  readonly details: Readonly<Record<number, number>>
  /** Index in the list → index of the saying. */
  readonly said: Readonly<Record<number, number>>
  /** Index in the list → ends in earlier runs, oldest first. */
  readonly past: Readonly<Record<number, string>>
}

export interface ComparisonData {
  readonly against: 'last' | 'baseline'
  readonly run?: string
  readonly changes: readonly TestChange[]
  readonly unchanged: number
  /** Number of suites without an earlier result. */
  readonly fresh: number
}

export interface CoverageData {
  readonly files: readonly CoveredFile[]
  readonly gaps: readonly {
    readonly file: string
    readonly line: number
    readonly code: string
    readonly what: string
    readonly reason?: string
  }[]
}

/** The second document. */
export interface DetailsData {
  readonly details: readonly Detail[]
  /** The module's files as they were in the run, by their name in findings. */
  readonly sources: Readonly<Record<string, string>>
}

/** Details of one test on one kernel. */
export interface Detail {
  readonly reason?: string
  readonly cause?: string
  readonly overrun?: boolean
  readonly attempt?: number
  readonly problems: readonly Problem[]
  readonly findings: readonly FindingData[]
  readonly sweeps?: readonly FaultSweep[]
  /** The first, failed try of a flaky test. */
  readonly flaky?: {
    readonly status: 'fail' | 'error'
    readonly cause?: string
    readonly problems: readonly Problem[]
    readonly findings: readonly FindingData[]
  }
  /** A shell command. */
  readonly replay?: string
}

export interface FindingData extends FindingReport {
  /** How often the test had this finding; undefined for once. */
  readonly times?: number
  readonly console?: ConsoleExcerpt
}

/** A guest's console around a splat. */
export interface ConsoleExcerpt {
  /** In the record's folder. */
  readonly file: string
  /** Number of the first line shown, from 1. */
  readonly line: number
  readonly before: readonly string[]
  readonly splat: readonly string[]
  readonly after: readonly string[]
  /** Number of lines after the last one shown. */
  readonly behind: number
}
