import type { EventOf, FailedTry, FindingReport, TestEnd } from '../../contract/events.js'
import type { EndLetter } from '../../history/entry.js'
import type { Comparison, ColumnView } from '../../record/view.js'

export type { EndLetter }

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
  readonly comparisons: readonly Omit<Comparison, 'type' | 'past'>[]
  readonly coverage?: Pick<EventOf<'coverage'>, 'files' | 'gaps'>
}

export interface RunData extends Pick<
  EventOf<'run-start'>,
  'at' | 'version' | 'commit' | 'argv' | 'host'
> {
  readonly id: string
  /** Undefined if the run was cut off or is still going on. */
  readonly end?: Pick<EventOf<'run-end'>, 'durationMs' | 'exitCode' | 'interrupted'>
}

export interface ColumnData extends Pick<ColumnView, 'kernel' | 'release' | 'flavour'> {
  readonly built?: Pick<
    EventOf<'column'>,
    'source' | 'compiler' | 'warnings' | 'durationMs' | 'xpass'
  >
  readonly failed?: Pick<EventOf<'build-failed'>, 'status' | 'problem' | 'reason'>
}

export interface SuiteData {
  /** After the planted bug, if there is one: `02-descriptor-leaked/ioctl`. */
  readonly name: string
  readonly title: string
}

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
  /** An {@link EndLetter} for each test of the list. */
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

/** The second document. */
export interface DetailsData {
  readonly details: readonly Detail[]
  /** The module's files as they were in the run, by their name in findings. */
  readonly sources: Readonly<Record<string, string>>
}

/** Details of one test on one kernel. */
export interface Detail
  extends
    Pick<TestEnd, 'reason' | 'xpass' | 'cause' | 'overrun' | 'problems' | 'sweeps'>,
    Partial<Pick<TestEnd, 'attempt'>> {
  readonly findings: readonly FindingData[]
  /** The first, failed try of a flaky test. */
  readonly flaky?: Omit<FailedTry, 'findings'> & { readonly findings: readonly FindingData[] }
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
