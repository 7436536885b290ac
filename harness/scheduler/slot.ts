import { scaledHere, silenceMs } from '../platform/deadlines.js'
import { ModproveError } from '../platform/errors.js'
import type { RunEvent } from '../contract/events.js'
import type { FromWorker, Job, KeptMachine } from '../session/job.js'
import { JobTrack } from './job-track.js'
import { restOf, whyLost } from './lost-worker.js'
import type { Semaphore } from './semaphore.js'
import type { WorkerProcess } from './worker-process.js'
import { WorkerWatchdog, type GivenUp } from './worker-watchdog.js'

/** How long a worker may take to discard its machine after a stop message. */
const STOP_GRACE_MS = 10_000

/** The part of a worker that a slot uses. */
export type PoolWorker = Pick<WorkerProcess, 'pid' | 'ended' | 'onMessage' | 'send' | 'kill'>

interface SlotOptions {
  readonly turns: Semaphore
  readonly emit: (event: RunEvent) => void
  readonly onKept: (machine: KeptMachine) => void
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
    let left: Job | undefined = job
    while (left !== undefined) {
      // It was stopped while it had no worker.
      if (this.#whyStopped !== undefined) return track.interrupted(this.#whyStopped)
      left = await this.#runOnce(left, track)
    }
  }

  /** @returns the rest of the job, if the worker died in one of its tests */
  async #runOnce(job: Job, track: JobTrack): Promise<Job | undefined> {
    const worker = this.start()
    let kept = false
    let overrun = false
    /** Takes back the turn that the job has lent. */
    let takeTurn: (() => Promise<void>) | undefined
    const lendTurn = (): void => {
      let taking: Promise<void> | undefined
      const take = async (): Promise<void> => {
        const since = performance.now()
        await this.#options.turns.reacquire()
        track.waitedMs += performance.now() - since
        takeTurn = undefined
        worker.send({ type: 'go-on' })
      }
      takeTurn = () => (taking ??= take())
      this.#options.turns.release()
    }
    const limitMs = silenceMs()
    let givenUp: GivenUp | undefined
    const watchdog = new WorkerWatchdog(
      worker.pid,
      limitMs,
      why => {
        givenUp ??= why
        worker.kill()
      },
      pid => track.note(`its worker is stopped; kill -CONT ${pid} resumes it`),
    )
    const finished = new Promise<FromWorker>(resolve => {
      worker.onMessage = message => {
        watchdog.heartbeat()
        if (message.type === 'resting') lendTurn()
        if (message.type === 'rested') void takeTurn?.()
        if (message.type === 'late') track.late.push(message.late)
        if (message.type === 'event') {
          track.take(message.event)
          overrun ||= message.event.type === 'test-end' && message.event.overrun === true
        }
        if (message.type === 'kept') {
          kept = true
          watchdog.end()
          // The verdict is needed while the machine is still up.
          track.end('the suite ended at an earlier test')
          this.#options.onKept(message.machine)
        }
        if (message.type === 'done' || message.type === 'failed') resolve(message)
      }
    })
    worker.send({ type: 'run', job })
    const died = worker.ended.then(end => ({ type: 'died', end }) as const)
    const outcome = await Promise.race([finished, died])
    watchdog.end()
    await takeTurn?.()
    if (outcome.type === 'failed') {
      const { code, exitCode, message, remedy, detail } = outcome.error
      track.lost('error', { kind: 'worker', message })
      throw new ModproveError(code, exitCode, message, { remedy, detail })
    }
    if (outcome.type === 'died') this.#worker = undefined
    if (kept) return undefined
    if (this.#whyStopped !== undefined) track.interrupted(this.#whyStopped)
    else if (outcome.type === 'died')
      return restOf(job, track, whyLost(outcome.end, givenUp, limitMs))
    else track.end('the suite ended at an earlier test')
    // The body of a test that timed out may still run in this worker.
    if (overrun) await this.#dismiss()
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
