import type { Job } from '../session/job.js'
import type { JobQueue } from './pool.js'

/** Jobs in the order in which they are added: one kernel's suites run while the next builds. */
export class OpenQueue implements JobQueue {
  readonly #jobs: Job[] = []
  readonly #waiting: ((job: Job | undefined) => void)[] = []
  #closed = false

  add(...jobs: readonly Job[]): void {
    for (const job of jobs) {
      const next = this.#waiting.shift()
      if (next === undefined) this.#jobs.push(job)
      else next(job)
    }
  }

  /** No job will be added any more. */
  close(): void {
    this.#closed = true
    for (const next of this.#waiting.splice(0)) next(undefined)
  }

  next(): Promise<Job | undefined> {
    if (this.#jobs.length > 0 || this.#closed) return Promise.resolve(this.#jobs.shift())
    return new Promise(resolve => this.#waiting.push(resolve))
  }
}
