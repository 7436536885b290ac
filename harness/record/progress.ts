import {
  count,
  noCounts,
  type Counts,
  type JobRef,
  type RunEvent,
  type Status,
} from '../contract/events.js'

/** Progress of a job. */
export interface JobProgress {
  readonly ref: JobRef
  /** Number of the first event that is still valid for it. */
  readonly since: number
  readonly planned: readonly string[]
  readonly counts: Counts
  /** Whether it ended, with a result for each planned test. */
  readonly ended: boolean
}

type Named = Pick<JobRef, 'kernel' | 'flavour'>

/** The name of a column. */
export const columnName = ({ kernel, flavour }: Named): string => `${kernel} ${flavour}`

/** Whether a resumed run has nothing left to do for a job. */
export const isSettled = ({ ended, counts }: Pick<JobProgress, 'ended' | 'counts'>): boolean =>
  ended && counts.miss === 0

/** Whether this event resumes an interrupted run: the line before it may be cut off. */
export const goesOn = (event: RunEvent): boolean => event.type === 'run-resume'

/**
 * Follows a run's events and tracks which are still valid. The only place that handles resumed
 * runs: a resume voids events of jobs that had not ended, of failed builds and of the run's end.
 * Holds only names and counts, so memory does not grow with the record.
 */
export class RunProgress {
  readonly #jobs = new Map<string, JobProgress>()
  /** Tests with a result, of jobs that have not ended. */
  readonly #done = new Map<string, Set<string>>()
  /** The valid event of each column, by its type and the column's name. */
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

  /** Columns that could not be built or booted: `fail` if the module is at fault. */
  get failed(): ReadonlyMap<string, Status> {
    return this.#failed
  }

  /** Tests with a result, of a job that has not ended. */
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

  /** Whether an event is still valid. @param index from 0 */
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

/** A run's events as if it had not been interrupted. */
export function standing(events: Iterable<RunEvent>): RunEvent[] {
  const all = [...events]
  const progress = new RunProgress(all)
  return all.filter((event, index) => progress.holds(event, index))
}
