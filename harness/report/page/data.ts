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
 * What the page is given: two JSON documents, the run as a whole, and what is read only when a test is opened. All text in them
 * was made visible and bounded (visible.ts). Tests are numbered, and jobs with the same tests share one list.
 */
export interface ReportData {
  readonly run: RunData
  readonly columns: readonly ColumnData[]
  readonly suites: readonly SuiteData[]
  /** Names; the places in this list are their numbers. */
  readonly tests: readonly string[]
  /** Of numbers of tests, in the order in which they ended. */
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
  /** Undefined when it was cut off, or still goes on. */
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
  /** With the planted bug before it, where there is one: `02-descriptor-leaked/ioctl`. */
  readonly name: string
  readonly title: string
}

/** How a test ended, as history writes it: `p`ass, `f`ail, `s`kip, `e`rror, `m`iss, flak`y`. */
export type End = 'p' | 'f' | 's' | 'e' | 'm' | 'y'

/** In a few words why a test did not pass, and the line to look at first. */
export interface Saying {
  readonly text: string
  /** `module/ring.c:12` */
  readonly at?: string
}

export interface JobData {
  /** Places in the lists of columns, suites and lists of tests. */
  readonly column: number
  readonly suite: number
  readonly list: number
  /** An {@link End} a test of the list. */
  readonly ends: string
  /** Milliseconds a test of the list. */
  readonly ms: readonly number[]
  readonly notes: readonly string[]
  /** By place in the list: which of the details. */
  readonly details: Readonly<Record<number, number>>
  /** By place in the list: which of the sayings. */
  readonly said: Readonly<Record<number, number>>
  /** By place in the list: ends in the last runs, oldest first, this one left out. */
  readonly past: Readonly<Record<number, string>>
}

export interface ComparisonData {
  readonly against: 'last' | 'baseline'
  readonly run?: string
  readonly changes: readonly TestChange[]
  readonly unchanged: number
  /** How many suites there is nothing to compare with. */
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
  /** Whole files of the module, as the run had them, by the name that findings use. */
  readonly sources: Readonly<Record<string, string>>
}

/** What is known of one test on one kernel beside its end. */
export interface Detail {
  readonly reason?: string
  readonly cause?: string
  readonly overrun?: boolean
  readonly attempt?: number
  readonly problems: readonly Problem[]
  readonly findings: readonly FindingData[]
  readonly sweeps?: readonly FaultSweep[]
  /** The first try of a test that is flaky. */
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
  /** How often it was made in the test; undefined for once. */
  readonly times?: number
  readonly console?: ConsoleExcerpt
}

/** A guest's console around what the kernel complained of. */
export interface ConsoleExcerpt {
  /** In the record's folder. */
  readonly file: string
  /** Of the first line that is shown, from 1. */
  readonly line: number
  readonly before: readonly string[]
  readonly splat: readonly string[]
  readonly after: readonly string[]
  /** How many lines there are behind the last that is shown. */
  readonly behind: number
}
