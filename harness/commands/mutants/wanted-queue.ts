import type { Job } from '../../session/job.js'
import type { JobQueue } from '../../scheduler/pool.js'

/** A queue that drops jobs that are no longer needed. */
export class WantedQueue implements JobQueue {
  readonly #queue: JobQueue
  readonly #isWanted: (job: Job) => boolean

  constructor(queue: JobQueue, isWanted: (job: Job) => boolean) {
    this.#queue = queue
    this.#isWanted = isWanted
  }

  async next(): Promise<Job | undefined> {
    for (;;) {
      const job = await this.#queue.next()
      if (job === undefined || this.#isWanted(job)) return job
    }
  }
}
