import {
  count,
  noCounts,
  sum,
  type Counts,
  type EventOf,
  type JobRef,
  type RunEvent,
  type RunStart,
  type TestEnd,
} from '../contract/events.js'
import { defined, pick } from '../platform/pick.js'
import { CUT_OFF, missOf, openTests } from './misses.js'
import { columnName, validEvents } from './run-progress.js'

type ColumnBuilt = EventOf<'column'>
export type BuildFailed = EventOf<'build-failed'>
export type Comparison = EventOf<'comparison'>

/** A job of a run and its results. */
export interface JobView {
  readonly ref: JobRef
  /** The suite's title; its name until it starts. */
  readonly title: string
  /** ISO 8601; undefined if it never started. */
  readonly at?: string
  /** Names in the order in which they run, as far as known. */
  readonly planned: readonly string[]
  /** One for each test that ended, in that order. */
  readonly results: readonly TestEnd[]
  readonly notes: readonly string[]
  /** Why machines were booted instead of restored from their template, one reason for each. */
  readonly notRestored: readonly string[]
  readonly durationMs: number
  readonly counts: Counts
  /** Whether it ended, with a result for each planned test. */
  readonly ended: boolean
}

/** One kernel in one flavour. */
export interface ColumnView {
  readonly kernel: string
  readonly series: string
  readonly release: string
  readonly flavour: string
  /** Undefined until it is built, or if the build failed. */
  readonly built?: ColumnBuilt
  readonly failed?: BuildFailed
  readonly jobs: readonly JobView[]
}

/** A run as its events describe it, for reports. */
export interface RunView {
  readonly start: RunStart
  readonly columns: readonly ColumnView[]
  readonly counts: Counts
  /** Undefined if the run was cut off or is still going on. */
  readonly end?: EventOf<'run-end'>
  readonly comparisons: readonly Comparison[]
  readonly coverage?: EventOf<'coverage'>
}

type Mutable<T> = {
  -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key]
}
type MutableJob = Mutable<JobView>

const emptyJob = (ref: JobRef): MutableJob => ({
  ref,
  title: ref.suite,
  planned: [],
  results: [],
  notes: [],
  notRestored: [],
  durationMs: 0,
  counts: noCounts,
  ended: false,
})

/**
 * Builds the view from a run's valid events. A planned test without a result is a `miss`, also if
 * the run was cut off: lost tests never count as passed.
 *
 * @param events beginning with `run-start`
 */
export function viewOf(events: Iterable<RunEvent>): RunView {
  let start: RunStart | undefined
  let end: EventOf<'run-end'> | undefined
  let coverage: EventOf<'coverage'> | undefined
  const comparisons: Comparison[] = []
  const jobs = new Map<string, MutableJob>()
  const built = new Map<string, ColumnBuilt>()
  const failed = new Map<string, BuildFailed>()
  for (const event of validEvents(events)) {
    const job = 'job' in event ? jobs.get(event.job) : undefined
    if (event.type === 'run-start') start = event
    else if (event.type === 'plan') {
      for (const ref of event.jobs) jobs.set(ref.id, emptyJob(ref))
    } else if (event.type === 'column') built.set(columnName(event), event)
    else if (event.type === 'build-failed') failed.set(columnName(event), event)
    else if (event.type === 'coverage') coverage = event
    else if (event.type === 'comparison') comparisons.push(event)
    else if (event.type === 'run-end') end = event
    else if (job !== undefined) takeJobEvent(job, event)
  }
  if (start === undefined) throw new Error('a record begins with run-start')
  let counts = noCounts
  for (const { status } of failed.values()) counts = count(counts, status)
  const columns = new Map<string, Mutable<ColumnView>>()
  for (const job of jobs.values()) {
    const name = columnName(job.ref)
    const column = columns.get(name) ?? {
      ...pick(job.ref, 'kernel', 'series', 'release', 'flavour'),
      jobs: [],
      ...defined({ built: built.get(name), failed: failed.get(name) }),
    }
    columns.set(name, column)
    if (column.failed === undefined) close(job)
    counts = sum(counts, job.counts)
    column.jobs.push(job)
  }
  return {
    start,
    columns: [...columns.values()],
    counts,
    comparisons,
    ...defined({ end, coverage }),
  }
}

function takeJobEvent(job: MutableJob, event: RunEvent): void {
  if (event.type === 'job-start') {
    job.title = event.title
    job.at = event.at
    job.planned = [...event.tests]
  } else if (event.type === 'test-end') {
    job.results.push(event)
    job.counts = count(job.counts, event.status, event.flaky !== undefined)
  } else if (event.type === 'note') job.notes.push(event.text)
  else if (event.type === 'not-restored') job.notRestored.push(event.why)
  else if (event.type === 'job-end') {
    job.durationMs = event.durationMs
    job.ended = true
  }
}

/** Adds the misses of a job that was cut off. */
function close(job: MutableJob): void {
  if (job.ended && job.planned.length === 0) return
  const done = new Set(job.results.map(({ test }) => test))
  for (const test of openTests(job.planned, done)) {
    job.results.push(missOf(job.ref.id, test, CUT_OFF))
    job.counts = count(job.counts, 'miss')
  }
}
