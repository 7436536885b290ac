import {
  count,
  noCounts,
  type Counts,
  type JobRef,
  type RunEvent,
  type Status,
} from '../contract/events.js'

/** A job of a run so far. */
export interface JobProgress {
  readonly ref: JobRef
  /** Number of the event from which on what is said of it holds. */
  readonly since: number
  readonly planned: readonly string[]
  readonly counts: Counts
  /** Whether it ran to an end: a result a planned test. */
  readonly ended: boolean
}

type Named = Pick<JobRef, 'kernel' | 'flavour'>

/** Names a column. */
export const columnName = ({ kernel, flavour }: Named): string => `${kernel} ${flavour}`

/** Whether a run that goes on has nothing left to do for a job. */
export const isSettled = ({ ended, counts }: Pick<JobProgress, 'ended' | 'counts'>): boolean =>
  ended && counts.miss === 0

/** Whether an interrupted run goes on with this event: the line before it may be cut off. */
export const goesOn = (event: RunEvent): boolean => event.type === 'run-resume'

/**
 * Follows a run's events and knows which of them still hold. The one place that understands a run that went on: what was
 * said of jobs that had not ended, of builds that failed, and of the run's end is void from then on. It holds names and
 * counts only, whatever the record's size.
 */
export class Progress {
  readonly #jobs = new Map<string, JobProgress>()
  /** Results of jobs that have not ended. */
  readonly #done = new Map<string, Set<string>>()
  /** The event that holds for each column: by its type and the column's name. */
  readonly #columns = new Map<string, number>()
  readonly #failed = new Map<string, Status>()
  #index = -1
  #resumed = 0

  constructor(events: Iterable<RunEvent> = []) {
    for (const event of events) this.take(event)
  }

  get jobs(): ReadonlyMap<string, JobProgress> {
    return this.#jobs
  }

  /** Columns that could not be made ready, and whose fault that is. */
  get failed(): ReadonlyMap<string, Status> {
    return this.#failed
  }

  /** Tests of a job that has not ended which have a result. */
  done(job: string): ReadonlySet<string> {
    return this.#done.get(job) ?? new Set()
  }

  take(event: RunEvent): void {
    this.#index += 1
    if (event.type === 'plan') for (const ref of event.jobs) this.#open(ref)
    else if (event.type === 'run-resume') {
      this.#resumed = this.#index
      for (const name of this.#failed.keys()) this.#columns.delete(`build-failed ${name}`)
      this.#failed.clear()
      for (const job of [...this.#jobs.values()]) if (!isSettled(job)) this.#open(job.ref)
    } else if (event.type === 'column' || event.type === 'build-failed') {
      this.#columns.set(`${event.type} ${columnName(event)}`, this.#index)
      if (event.type === 'build-failed') this.#failed.set(columnName(event), event.status)
    } else if ('job' in event) this.#ofJob(event)
  }

  /** Whether an event that was taken still holds, by its number from 0. */
  holds(event: RunEvent, index: number): boolean {
    if (event.type === 'run-start' || event.type === 'plan') return true
    if (event.type === 'run-resume') return false
    if (event.type === 'column' || event.type === 'build-failed')
      return this.#columns.get(`${event.type} ${columnName(event)}`) === index
    if ('job' in event) return index > (this.#jobs.get(event.job)?.since ?? Infinity)
    return index >= this.#resumed
  }

  #open(ref: JobRef): void {
    const rest = { planned: [], counts: noCounts, ended: false }
    this.#jobs.set(ref.id, { ref, since: this.#index, ...rest })
    this.#done.set(ref.id, new Set())
  }

  #ofJob(event: Extract<RunEvent, { readonly job: string }>): void {
    const job = this.#jobs.get(event.job)
    if (job === undefined) return
    if (event.type === 'job-start') this.#jobs.set(event.job, { ...job, planned: event.tests })
    else if (event.type === 'test-end') {
      const counts = count(job.counts, event.status, event.flaky !== undefined)
      this.#jobs.set(event.job, { ...job, counts })
      this.#done.get(event.job)?.add(event.test)
    } else if (event.type === 'job-end') {
      this.#jobs.set(event.job, { ...job, planned: [], ended: true })
      this.#done.delete(event.job)
    }
  }
}

/** A run's events as one without a break would have told them. */
export function standing(events: Iterable<RunEvent>): RunEvent[] {
  const all = [...events]
  const progress = new Progress(all)
  return all.filter((event, index) => progress.holds(event, index))
}
