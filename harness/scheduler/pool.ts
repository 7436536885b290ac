import { scaledHere, silenceMs } from '../platform/deadlines.js'
import { ModproveError, type ExitCode } from '../platform/errors.js'
import type { Problem, RunEvent } from '../contract/events.js'
import { JobTrack } from './job-track.js'
import { INTERNAL_ERROR, type FromWorker, type Job, type KeptMachine } from '../session/job.js'
import { WorkerWatchdog } from './worker-watchdog.js'
import { takeWorker } from './spare-workers.js'
import { Semaphore } from './semaphore.js'
import type { WorkerEnd, WorkerProcess } from './worker-process.js'

/** How long a worker may take to discard its machine after a stop message. */
const STOP_GRACE_MS = 10_000

export interface PoolOptions {
  /** Machines that work side by side. */
  readonly slots: number
  /** How many more machines may exist while others rest; 0 by default. */
  readonly relief?: number
  readonly signal: AbortSignal
  readonly emit: (event: RunEvent) => void
  readonly onKept: (machine: KeptMachine) => void
  /** After a failed test, start no further job, and end the running ones at once. */
  readonly bail: boolean
  /** Replaceable for tests. */
  readonly worker?: () => PoolWorker
}

/** The part of a worker that the pool uses. */
export type PoolWorker = Pick<WorkerProcess, 'pid' | 'ended' | 'onMessage' | 'send' | 'kill'>

/** Jobs that wait for a machine; more may be added while others run. */
export interface JobQueue {
  /** Resolves with the next job, or with undefined when the queue has ended. */
  next(): Promise<Job | undefined>
}

/**
 * Runs jobs on workers until the queue ends. Results are reported only by events.
 *
 * @throws ModproveError for what would fail every job: no QEMU, no disk space
 * @throws the signal's reason when it aborts; running jobs are closed first
 */
export async function runJobs(queue: JobQueue, options: PoolOptions): Promise<void> {
  const turns = new Semaphore(options.slots)
  let isOver = false
  let isOverNow = (): void => undefined
  const over = new Promise<undefined>(resolve => (isOverNow = () => resolve(undefined)))
  const onFailed = (failed: Slot): void => {
    if (!options.bail) return
    isOver = true
    isOverNow()
    for (const other of slots) if (other !== failed) other.stop(BAILED)
  }
  const slots = Array.from(
    { length: options.slots + (options.relief ?? 0) },
    (_, index) => new Slot(options, turns, index < options.slots, onFailed),
  )
  const stop = (): void => {
    isOver = true
    isOverNow()
    slots.forEach(slot => slot.stop('the run was interrupted'))
  }
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    options.signal.throwIfAborted()
    await Promise.all(
      slots.map(async slot => {
        for (;;) {
          await turns.acquire()
          try {
            if (isOver) return
            const job = await Promise.race([queue.next(), over])
            // A job that arrives after the end is not started.
            if (job === undefined || isOver) return
            await slot.run(job)
          } finally {
            turns.release()
          }
        }
      }),
    )
    options.signal.throwIfAborted()
  } finally {
    options.signal.removeEventListener('abort', stop)
    // After an error that would fail every job, the other jobs end as if interrupted.
    isOver = true
    await Promise.all(slots.map(slot => slot.end()))
  }
}

const BAILED = 'a test of another suite failed (--bail)'

/** One worker at a time, replaced when it dies. */
class Slot {
  readonly #options: PoolOptions
  readonly #turns: Semaphore
  #worker: PoolWorker | undefined
  #listener: (message: FromWorker) => void = () => undefined
  #running: Promise<unknown> = Promise.resolve()
  readonly #onFailed: (slot: Slot) => void
  /** Why it was stopped. */
  #whyStopped: string | undefined

  /** @param onFailed called when a test has failed after its last retry */
  constructor(
    options: PoolOptions,
    turns: Semaphore,
    isRegular: boolean,
    onFailed: (slot: Slot) => void,
  ) {
    this.#options = options
    this.#turns = turns
    this.#onFailed = onFailed
    // Started before the first job is built: a worker takes a second to load.
    if (isRegular) this.#worker = this.#start()
  }

  #start(): PoolWorker {
    const worker = (this.#options.worker ?? takeWorker)()
    worker.onMessage = message => this.#listener(message)
    return worker
  }

  /** Resolves when the job has ended. */
  run(job: Job): Promise<void> {
    const running = this.#run(job)
    this.#running = running
    return running
  }

  async #run(job: Job): Promise<void> {
    const track = new JobTrack(job.ref.id, event => {
      this.#options.emit(event)
      if (event.type === 'test-end' && (event.status === 'fail' || event.status === 'error'))
        this.#onFailed(this)
    })
    let left: Job | undefined = job
    while (left !== undefined) {
      left = await this.#runOnce(left, track)
      // It was stopped while it had no worker.
      if (left !== undefined && this.#whyStopped !== undefined) {
        track.interrupted(this.#whyStopped)
        left = undefined
      }
    }
  }

  /** @returns the rest of the job, if the worker died in one of its tests */
  async #runOnce(job: Job, track: JobTrack): Promise<Job | undefined> {
    const worker = (this.#worker ??= this.#start())
    let kept = false
    let overrun = false
    let lent = false
    let takingTurn: Promise<void> | undefined
    const takeTurn = async (): Promise<void> => {
      await this.#turns.reacquire()
      lent = false
      takingTurn = undefined
      worker.send({ type: 'go-on' })
    }
    const limitMs = silenceMs()
    const outcome = await new Promise<FromWorker | (WorkerEnd & Died)>(resolve => {
      let why: Died['why']
      const watchdog = new WorkerWatchdog(worker.pid, limitMs, {
        blocks: () => {
          why ??= 'silent'
          worker.kill()
        },
        staysStopped: () => {
          why ??= 'stopped'
          worker.kill()
        },
        isStopped: pid => {
          const text = `its worker is stopped; kill -CONT ${pid} resumes it`
          this.#options.emit({ type: 'note', job: job.ref.id, text })
        },
      })
      this.#listener = message => {
        watchdog.heartbeat()
        if (message.type === 'resting') {
          lent = true
          this.#turns.release()
        }
        if (message.type === 'rested') takingTurn = takeTurn()
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
        if (message.type === 'done' || message.type === 'failed') {
          watchdog.end()
          resolve(message)
        }
      }
      void worker.ended.then(end => {
        watchdog.end()
        resolve({ type: 'died', ...end, why })
      })
      worker.send({ type: 'run', job })
    })
    if (lent) await (takingTurn ?? this.#turns.reacquire())
    if (outcome.type === 'failed') {
      const { code, exitCode, message, remedy, detail } = outcome.error
      track.lost('error', { kind: 'worker', message })
      throw new ModproveError(code, exitCode as ExitCode, message, {
        ...(remedy === undefined ? {} : { remedy }),
        ...(detail === undefined ? {} : { detail }),
      })
    }
    if (outcome.type === 'died') {
      this.#worker = undefined
      if (kept) return undefined
      if (this.#whyStopped !== undefined) {
        track.interrupted(this.#whyStopped)
        return undefined
      }
      return this.#restOf(job, track, outcome, limitMs)
    }
    if (kept) return undefined
    if (this.#whyStopped !== undefined) track.interrupted(this.#whyStopped)
    else track.end('the suite ended at an earlier test')
    // The body of a test that timed out may still run in this worker.
    if (overrun) await this.#dismiss()
    return undefined
  }

  /** Blames the test that ran when the worker died; another worker runs the rest. */
  #restOf(job: Job, track: JobTrack, end: WorkerEnd & Died, limitMs: number): Job | undefined {
    const { status, problem, isOurs } = whyDied(end, limitMs)
    // It died after the last result.
    if (isOurs && track.left?.length === 0) {
      track.end('')
      return undefined
    }
    // Killed from outside (OOM killer, a user): the test is retried once.
    if (isOurs && track.lostTry() < TRIES_OF_A_LOST_WORKER) {
      const text = `${problem.message}; another worker continues`
      this.#options.emit({ type: 'note', job: job.ref.id, text })
      const { left, passed, late } = track
      return left === undefined ? job : { ...job, rest: { tests: left, passed, late } }
    }
    const test = track.running
    if (test === undefined || job.bail) {
      track.lost(status, problem)
      return undefined
    }
    track.charge(status, problem)
    const { left = [], passed, late } = track
    const lost = { test, status, problem }
    if (left.length > 0) return { ...job, rest: { tests: left, passed, late, lost } }
    track.end('')
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

interface Died {
  readonly type: 'died'
  /** Why it was killed: it was silent, or stopped for too long. */
  readonly why: 'silent' | 'stopped' | undefined
}

/** As for lost machines: a test that loses its worker twice is not retried. */
const TRIES_OF_A_LOST_WORKER = 2

/** What a worker's exit means for the running test; `isOurs` if the test is not to blame. */
function whyDied(
  { code, signal, stderr, why: killed }: WorkerEnd & Died,
  limitMs: number,
): { readonly status: 'fail' | 'error'; readonly problem: Problem; readonly isOurs: boolean } {
  const detail = stderr === '' ? {} : { detail: stderr }
  if (killed === 'stopped') {
    const message = 'its worker process was stopped (SIGSTOP), not resumed, and killed'
    return { status: 'error', problem: { kind: 'worker', message, ...detail }, isOurs: false }
  }
  if (killed === 'silent') {
    const message = `it blocked its worker for ${limitMs / 1000} s: an endless loop?`
    return { status: 'fail', problem: { kind: 'worker', message, ...detail }, isOurs: false }
  }
  if (signal !== null || code === null) {
    const why = signal === 'SIGKILL' ? '; the host may be out of memory' : ''
    const message = `its worker process was killed by ${signal ?? 'an error before it started'}${why}`
    return { status: 'error', problem: { kind: 'worker', message, ...detail }, isOurs: true }
  }
  if (code === INTERNAL_ERROR) {
    const message = 'its worker process died of an internal error of modprove'
    return { status: 'error', problem: { kind: 'worker', message, ...detail }, isOurs: false }
  }
  const message = `it ended its worker process with exit status ${code}`
  return { status: 'fail', problem: { kind: 'worker', message, ...detail }, isOurs: false }
}
