import {
  count,
  noCounts,
  type Counts,
  type JobRef,
  type RunEvent,
  type Status,
} from '../contract/events.js'
import { WHOLE_FILE } from '../contract/test-names.js'
import { columnName, standing } from './progress.js'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>
export type TestResult = Of<'test-end'>
export type ColumnBuilt = Of<'column'>
export type BuildFailed = Of<'build-failed'>
export type Comparison = Of<'comparison'>

/** A job of a run, and what became of it. */
export interface JobView {
  readonly ref: JobRef
  /** The suite's title; its name until it began. */
  readonly title: string
  /** ISO 8601; undefined when it never began. */
  readonly at?: string
  /** Names in the order in which they run, as far as that is known. */
  readonly planned: readonly string[]
  /** One a test, in the order in which they ended. */
  readonly results: readonly TestResult[]
  readonly notes: readonly string[]
  /** Why its machines were booted that could not be restored from their template, one a machine. */
  readonly notRestored: readonly string[]
  readonly durationMs: number
  readonly counts: Counts
  /** Whether it ran to an end: a result a planned test. */
  readonly ended: boolean
}

/** One kernel in one flavour. */
export interface ColumnView {
  readonly kernel: string
  readonly series: string
  readonly release: string
  readonly flavour: string
  /** Undefined while it waits for its build, or when that failed. */
  readonly built?: ColumnBuilt
  readonly failed?: BuildFailed
  readonly jobs: readonly JobView[]
}

/** A run as its events tell it, for whoever reports it. */
export interface RunView {
  readonly start: Of<'run-start'>
  readonly columns: readonly ColumnView[]
  readonly counts: Counts
  /** Undefined when the run was cut off, or is still going on. */
  readonly end?: Of<'run-end'>
  readonly comparisons: readonly Comparison[]
  readonly coverage?: Of<'coverage'>
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type OpenJob = Mutable<Omit<JobView, 'planned' | 'results' | 'notes' | 'notRestored'>> & {
  planned: string[]
  results: TestResult[]
  notes: string[]
  notRestored: string[]
}

const opened = (ref: JobRef): OpenJob => ({
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
 * Folds a run's events that hold. What was planned and has no result is a `miss`, also where the run was cut off before
 * it could say so: lost is never passed.
 *
 * @param events beginning with `run-start`
 */
export function viewOf(events: Iterable<RunEvent>): RunView {
  let start: Of<'run-start'> | undefined
  let end: Of<'run-end'> | undefined
  let coverage: Of<'coverage'> | undefined
  const comparisons: Comparison[] = []
  const jobs = new Map<string, OpenJob>()
  const built = new Map<string, ColumnBuilt>()
  const failed = new Map<string, BuildFailed>()
  for (const event of standing(events)) {
    const job = 'job' in event ? jobs.get(event.job) : undefined
    if (event.type === 'run-start') start = event
    else if (event.type === 'plan') {
      for (const ref of event.jobs) jobs.set(ref.id, opened(ref))
    } else if (event.type === 'column') built.set(columnName(event), event)
    else if (event.type === 'build-failed') failed.set(columnName(event), event)
    else if (event.type === 'coverage') coverage = event
    else if (event.type === 'comparison') comparisons.push(event)
    else if (event.type === 'run-end') end = event
    else if (job !== undefined) takeOf(job, event)
  }
  if (start === undefined) throw new Error('a record begins with run-start')
  let counts = noCounts
  for (const { status } of failed.values()) counts = count(counts, status)
  const columns = new Map<string, Mutable<ColumnView> & { jobs: JobView[] }>()
  for (const job of jobs.values()) {
    const name = columnName(job.ref)
    const column = columns.get(name) ?? columnOf(job.ref, built.get(name), failed.get(name))
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
    ...(end === undefined ? {} : { end }),
    ...(coverage === undefined ? {} : { coverage }),
  }
}

function takeOf(job: OpenJob, event: RunEvent): void {
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

/** Gives what was cut off its `miss`. */
function close(job: OpenJob): void {
  if (job.ended && job.planned.length === 0) return
  const done = new Set(job.results.map(({ test }) => test))
  for (const lost of lostOf(job.ref.id, job.planned, done)) {
    job.results.push(lost)
    job.counts = count(job.counts, lost.status)
  }
}

/**
 * What is to be said of a job that was cut off: a `miss` for each planned test without a result, and one for the whole
 * file where it never came to say what it would do.
 */
export function lostOf(
  job: string,
  planned: readonly string[],
  done: ReadonlySet<string>,
): TestResult[] {
  const open = planned.filter(test => !done.has(test))
  const names = planned.length === 0 ? [WHOLE_FILE] : open
  const lost = { status: 'miss' as Status, reason: 'the run was cut off', attempt: 1 }
  const rest = { durationMs: 0, problems: [], findings: [] }
  return names.map(test => ({ type: 'test-end', job, test, ...lost, ...rest }))
}

const columnOf = (
  { kernel, series, release, flavour }: JobRef,
  built: ColumnBuilt | undefined,
  failed: BuildFailed | undefined,
): Mutable<ColumnView> & { jobs: JobView[] } => ({
  kernel,
  series,
  release,
  flavour,
  jobs: [],
  ...(built === undefined ? {} : { built }),
  ...(failed === undefined ? {} : { failed }),
})

/** Adds counts. */
export function sum(...all: readonly Counts[]): Counts {
  const total = { ...noCounts }
  for (const counts of all) {
    for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key]
  }
  return total
}
