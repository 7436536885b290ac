import {
  count,
  noCounts,
  sum,
  type Counts,
  type JobRef,
  type RunEvent,
  type Status,
} from '../contract/events.js'
import { EXIT, type ExitCode } from '../platform/errors.js'
import { exitCodeOf } from './exit-code.js'
import { missOf, openTests } from './misses.js'

export interface JobProgress {
  readonly ref: JobRef
  /** Number of the first event that is still valid for it. */
  readonly since: number
  readonly planned: readonly string[]
  readonly counts: Counts
  /** Whether its suite is wrong, or what names it. */
  readonly isWrongUse: boolean
  /** Whether it ended, with a result for each planned test. */
  readonly ended: boolean
}

type KernelAndFlavour = Pick<JobRef, 'kernel' | 'flavour'>

export const columnName = ({ kernel, flavour }: KernelAndFlavour): string => `${kernel} ${flavour}`

/** Whether a resumed run has nothing left to do for a job. */
export const isComplete = ({ ended, counts }: Pick<JobProgress, 'ended' | 'counts'>): boolean =>
  ended && counts.miss === 0

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
  /** Columns that could not be built or booted. */
  readonly #failed = new Map<string, Status>()
  #index = -1
  #resumed = 0

  constructor(events: Iterable<RunEvent> = []) {
    for (const event of events) this.take(event)
  }

  get jobs(): ReadonlyMap<string, JobProgress> {
    return this.#jobs
  }

  /** Jobs that have not ended, without those of columns that failed. */
  get openJobs(): readonly JobRef[] {
    return this.#open.map(({ ref }) => ref)
  }

  get counts(): Counts {
    const ofJobs = sum(...[...this.#jobs.values()].map(({ counts }) => counts))
    return [...this.#failed.values()].reduce((all, status) => count(all, status), ofJobs)
  }

  /** Exit status of what was not interrupted: a suite that is wrong counts before failed tests. */
  get exitCode(): ExitCode {
    const isWrong = [...this.#jobs.values()].some(({ isWrongUse }) => isWrongUse)
    return isWrong ? EXIT.usage : exitCodeOf(this.counts)
  }

  /** The events that end the open jobs: what has no result is missed. */
  endsOfOpenJobs(reason: string): RunEvent[] {
    return this.#open.flatMap(({ ref, planned, counts }): RunEvent[] => {
      const open = openTests(planned, this.#done.get(ref.id) ?? new Set())
      const misses = open.map(test => missOf(ref.id, test, reason))
      const all = misses.reduce((sum, { status }) => count(sum, status), counts)
      return [...misses, { type: 'job-end', job: ref.id, durationMs: 0, counts: all }]
    })
  }

  take(event: RunEvent): void {
    this.#index += 1
    if (event.type === 'plan') for (const ref of event.jobs) this.#begin(ref)
    else if (event.type === 'run-resume') {
      this.#resumed = this.#index
      for (const name of this.#failed.keys()) this.#columns.delete(`build-failed ${name}`)
      this.#failed.clear()
      for (const job of [...this.#jobs.values()]) if (!isComplete(job)) this.#begin(job.ref)
    } else if (event.type === 'column' || event.type === 'build-failed') {
      this.#columns.set(`${event.type} ${columnName(event)}`, this.#index)
      if (event.type === 'build-failed') this.#failed.set(columnName(event), event.status)
    } else if ('job' in event) this.#ofJob(event)
  }

  /** Whether an event is still valid. @param index from 0 */
  isValid(event: RunEvent, index: number): boolean {
    if (event.type === 'run-start' || event.type === 'plan') return true
    if (event.type === 'run-resume') return false
    if (event.type === 'column' || event.type === 'build-failed')
      return this.#columns.get(`${event.type} ${columnName(event)}`) === index
    if ('job' in event) return index > (this.#jobs.get(event.job)?.since ?? Infinity)
    return index >= this.#resumed
  }

  get #open(): JobProgress[] {
    return [...this.#jobs.values()].filter(
      ({ ref, ended }) => !ended && !this.#failed.has(columnName(ref)),
    )
  }

  #begin(ref: JobRef): void {
    const rest = { planned: [], counts: noCounts, isWrongUse: false, ended: false }
    this.#jobs.set(ref.id, { ref, since: this.#index, ...rest })
    this.#done.set(ref.id, new Set())
  }

  #ofJob(event: Extract<RunEvent, { readonly job: string }>): void {
    const job = this.#jobs.get(event.job)
    if (job === undefined) return
    if (event.type === 'job-start') this.#jobs.set(event.job, { ...job, planned: event.tests })
    else if (event.type === 'test-end') {
      const counts = count(job.counts, event.status, event.flaky !== undefined)
      const isWrongUse = job.isWrongUse || event.problems.some(({ kind }) => kind === 'wrong-use')
      this.#jobs.set(event.job, { ...job, counts, isWrongUse })
      this.#done.get(event.job)?.add(event.test)
    } else if (event.type === 'job-end') {
      this.#jobs.set(event.job, { ...job, planned: [], ended: true })
      this.#done.delete(event.job)
    }
  }
}

/** A run's events as if it had not been interrupted. */
export function validEvents(events: Iterable<RunEvent>): RunEvent[] {
  const all = [...events]
  const progress = new RunProgress(all)
  return all.filter((event, index) => progress.isValid(event, index))
}
