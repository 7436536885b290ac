import { scaledHere } from '../platform/waiting/deadlines.js'
import { ModproveError } from '../platform/errors.js'
import type { RunEvent } from '../contract/events.js'
import type { Job } from '../session/job.js'
import { JobTrack } from './job-track.js'
import { remainingOf } from './lost-worker.js'
import { ENDED_EARLIER, runOnWorker, type WorkerContext } from './run-on-worker.js'
import type { PoolWorker } from './worker-process.js'

/** How long a worker may take to discard its machine after a stop message. */
const STOP_GRACE_MS = 10_000

interface SlotOptions extends WorkerContext {
  readonly emit: (event: RunEvent) => void
  readonly worker: () => PoolWorker
  /** Called when a test has failed after its last retry. */
  readonly onFailed: () => void
}

/** One worker at a time, replaced when it dies. */
export class Slot {
  readonly #options: SlotOptions
  #worker: PoolWorker | undefined
  #running: Promise<void> = Promise.resolve()
  /** Why it was stopped. */
  #whyStopped: string | undefined

  constructor(options: SlotOptions) {
    this.#options = options
  }

  /** Its worker, started if there is none. */
  start(): PoolWorker {
    return (this.#worker ??= this.#options.worker())
  }

  /**
   * Resolves when the job has ended.
   * @throws ModproveError for what would fail every job
   */
  run(job: Job): Promise<void> {
    return (this.#running = this.#run(job))
  }

  async #run(job: Job): Promise<void> {
    const track = new JobTrack(job.ref.id, event => {
      this.#options.emit(event)
      if (event.type === 'test-end' && (event.status === 'fail' || event.status === 'error'))
        this.#options.onFailed()
    })
    let remaining: Job | undefined = job
    while (remaining !== undefined) {
      // It was stopped while it had no worker.
      if (this.#whyStopped !== undefined) return track.interrupted(this.#whyStopped)
      remaining = await this.#runOnce(remaining, track)
    }
  }

  /** @returns what remains of the job, if the worker died in one of its tests */
  async #runOnce(job: Job, track: JobTrack): Promise<Job | undefined> {
    const { how, isKept, hasOverrun } = await runOnWorker(job, this.start(), track, this.#options)
    if (how.type === 'failed') {
      const { code, outcome, message, remedy, detail } = how.error
      track.lost({ kind: 'worker-lost', message })
      throw new ModproveError(code, outcome, message, { remedy, detail })
    }
    if (how.type === 'died') this.#worker = undefined
    if (isKept) return undefined
    if (this.#whyStopped !== undefined) track.interrupted(this.#whyStopped)
    else if (how.type === 'died') return remainingOf(job, track, how.lost)
    else track.end(ENDED_EARLIER)
    if (hasOverrun) await this.#dismiss()
    return undefined
  }

  /** Interrupts the running job; no other worker continues it. */
  stop(why: string): void {
    this.#whyStopped ??= why
    this.#stopWorker()
  }

  /** Tells the worker to discard its machine and exit; kills it after a grace time. */
  #stopWorker(): void {
    const worker = this.#worker
    if (worker === undefined) return
    worker.send({ type: 'stop' })
    const grace = setTimeout(() => worker.kill(), scaledHere(STOP_GRACE_MS))
    void worker.ended.then(() => clearTimeout(grace))
  }

  /** Resolves when worker and job have ended. */
  async end(): Promise<void> {
    this.stop('the run ended early')
    await this.#worker?.ended
    // Its error was reported to the caller of `run`.
    await this.#running.catch(() => undefined)
    this.#worker = undefined
  }

  async #dismiss(): Promise<void> {
    this.#stopWorker()
    await this.#worker?.ended
    this.#worker = undefined
  }
}
