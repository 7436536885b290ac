import type { JobRef, Problem, RunEvent, TestEnd } from '../../contract/events.js'
import type { MutantResult } from '../../contract/mutant-events.js'
import type { PlannedMutant } from './plan.js'
import { MutantTrack } from './track.js'

/** Tracks a run's mutants, each until its jobs and its flavour's baseline have ended. */
export class MutantTracks {
  readonly #tracks: ReadonlyMap<string, MutantTrack>
  readonly #jobs: ReadonlyMap<string, JobRef>
  readonly #open: Set<string>
  readonly #pending: Set<string>
  readonly #failing = new Map<string, Set<string>>()
  /** Tests that failed on the unmodified module, with suite and flavour. */
  readonly baselineFailures: string[] = []

  constructor(planned: readonly PlannedMutant[], jobs: readonly JobRef[]) {
    this.#tracks = new Map(planned.map(plan => [plan.mutant.name, new MutantTrack(plan)]))
    this.#jobs = new Map(jobs.map(job => [job.id, job]))
    this.#open = new Set(this.#jobs.keys())
    this.#pending = new Set(this.#tracks.keys())
  }

  /** `12 of 42` */
  get concluded(): string {
    return `${this.#tracks.size - this.#pending.size} of ${this.#tracks.size}`
  }

  /** The mutant could not be run, and why. */
  breaks(mutant: string, problem: Problem): void {
    this.#tracks.get(mutant)?.breaks(problem)
  }

  /** Whether a job's result is still needed. */
  isWanted(id: string): boolean {
    const mutant = this.#jobs.get(id)?.mutant
    return mutant === undefined || this.#tracks.get(mutant)?.isDecided !== true
  }

  /** A job that will not run. */
  drop(id: string): void {
    this.#open.delete(id)
  }

  take(event: RunEvent): void {
    if (event.type === 'test-end') this.#test(event)
    if (event.type === 'job-end') {
      this.#open.delete(event.job)
      const mutant = this.#jobs.get(event.job)?.mutant
      if (mutant !== undefined) this.#tracks.get(mutant)?.spent(event.durationMs)
    }
  }

  /** The results of mutants whose jobs have ended since the last call. */
  *conclude(): Generator<MutantResult> {
    const waiting = [...this.#open].map(id => this.#jobs.get(id))
    for (const name of this.#pending) {
      const track = this.#tracks.get(name)
      const flavour = track?.planned.mutant.flavour
      const waits = waiting.some(
        job => job?.mutant === name || (job?.mutant === undefined && job?.flavour === flavour),
      )
      if (track === undefined || waits) continue
      this.#pending.delete(name)
      yield track.result(this.#failing)
    }
  }

  /** The results of those that are left at the end of the run. */
  *miss(message: string): Generator<MutantResult> {
    for (const name of this.#pending) {
      const track = this.#tracks.get(name)
      if (track === undefined) continue
      yield {
        mutant: name,
        outcome: 'miss',
        breaks: track.planned.mutant.breaks,
        flavour: track.planned.mutant.flavour,
        durationMs: 0,
        promises: [],
        problem: { kind: 'unknown', message },
      }
    }
    this.#pending.clear()
  }

  #test(event: TestEnd): void {
    const job = this.#jobs.get(event.job)
    if (job === undefined) return
    if (job.mutant !== undefined) {
      this.#tracks.get(job.mutant)?.take(job.suite, event)
      return
    }
    if (['pass', 'skip', 'xfail'].includes(event.status)) return
    const key = `${job.flavour}/${job.suite}`
    this.#failing.set(key, (this.#failing.get(key) ?? new Set()).add(event.test))
    const why = event.problems[0]?.message ?? event.reason ?? event.status
    this.baselineFailures.push(`${job.flavour} ${job.suite}: ${event.test}: ${why}`)
  }
}
