import { ModproveError, type ExitCode } from '../errors.js'
import type { RunEvent } from '../events.js'
import { JobTrack } from './job-track.js'
import type { FromWorker, Job, KeptMachine } from './job.js'
import { Turns } from './turns.js'
import { WorkerProcess } from './worker-process.js'

/**
 * Longest a worker may be silent. It speaks once a second, so silence means that a suite blocks its event
 * loop, and with it every deadline inside the worker.
 */
const SILENCE_MS = 60_000

/** Longest a worker may take to discard its machine once it was told to stop. */
const STOP_GRACE_MS = 10_000

export interface PoolOptions {
  /** Machines at work side by side. */
  readonly slots: number
  /** How many more may be there while others rest; none unless given. */
  readonly relief?: number
  readonly signal: AbortSignal
  readonly emit: (event: RunEvent) => void
  readonly onKept: (machine: KeptMachine) => void
  /** Start no further job once a test has failed. */
  readonly bail: boolean
}

/** Jobs waiting for a machine; may still be added to while others run. */
export interface JobQueue {
  /** Resolves with the next job, or with undefined when none will come any more. */
  next(): Promise<Job | undefined>
}

/**
 * Runs jobs on workers until the queue ends. What becomes of a job is told by events alone.
 *
 * @throws ModproveError what a worker says would befall every job: no QEMU, no disk space
 * @throws the signal's reason when it aborts; running jobs are closed first
 */
export async function runJobs(queue: JobQueue, options: PoolOptions): Promise<void> {
  const turns = new Turns(options.slots)
  const slots = Array.from(
    { length: options.slots + (options.relief ?? 0) },
    (_, index) => new Slot(options, turns, index < options.slots),
  )
  const stop = (): void => slots.forEach(slot => slot.stop())
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    let failed = false
    await Promise.all(
      slots.map(async slot => {
        for (;;) {
          await turns.take()
          try {
            if (options.signal.aborted || (options.bail && failed)) return
            const job = await queue.next()
            if (job === undefined) return
            const ok = await slot.run(job)
            failed ||= !ok
          } finally {
            turns.give()
          }
        }
      }),
    )
    options.signal.throwIfAborted()
  } finally {
    options.signal.removeEventListener('abort', stop)
    await Promise.all(slots.map(slot => slot.end()))
  }
}

/** One worker at a time, replaced when it dies. */
class Slot {
  readonly #options: PoolOptions
  readonly #turns: Turns
  #worker: WorkerProcess | undefined
  #listener: (message: FromWorker) => void = () => undefined

  constructor(options: PoolOptions, turns: Turns, isRegular: boolean) {
    this.#options = options
    this.#turns = turns
    // It takes a second to load what it needs: while the first job is still being built.
    if (isRegular) this.#worker = this.#start()
  }

  #start(): WorkerProcess {
    return new WorkerProcess(message => this.#listener(message))
  }

  /** Returns whether every test of the job passed or was skipped. */
  async run(job: Job): Promise<boolean> {
    const worker = (this.#worker ??= this.#start())
    const track = new JobTrack(job.ref.id, this.#options.emit)
    let kept = false
    let overrun = false
    let rests = false
    const rest = (wanted: boolean): void => {
      if (rests === wanted) return
      rests = wanted
      if (rests) this.#turns.give()
      else this.#turns.takeAtOnce()
    }
    const outcome = await new Promise<FromWorker | { type: 'died'; why: string; blocked: boolean }>(
      resolve => {
        let blocked = false
        const silence = setTimeout(() => {
          blocked = true
          worker.kill()
        }, SILENCE_MS)
        this.#listener = message => {
          silence.refresh()
          if (message.type === 'resting') rest(true)
          if (message.type === 'working') rest(false)
          if (message.type === 'event') {
            track.take(message.event)
            overrun ||= message.event.type === 'test-end' && message.event.overrun === true
          }
          if (message.type === 'kept') {
            kept = true
            clearTimeout(silence)
            // Its verdict is wanted beside the machine, not after it.
            track.end('not run: the suite ended at an earlier test')
            this.#options.onKept(message.machine)
          }
          if (message.type === 'done' || message.type === 'failed') {
            clearTimeout(silence)
            resolve(message)
          }
        }
        void worker.ended.then(end => {
          clearTimeout(silence)
          const how = end.signal ?? `exit status ${end.code ?? 'unknown'}`
          resolve({
            type: 'died',
            why: `${how}${end.stderr === '' ? '' : `\n${end.stderr}`}`,
            blocked,
          })
        })
        worker.send({ type: 'run', job })
      },
    )
    rest(false)
    if (outcome.type === 'failed') {
      const { code, exitCode, message, remedy, detail } = outcome.error
      track.lost('error', { message })
      throw new ModproveError(code, exitCode as ExitCode, message, {
        ...(remedy === undefined ? {} : { remedy }),
        ...(detail === undefined ? {} : { detail }),
      })
    }
    if (outcome.type === 'died') {
      this.#worker = undefined
      if (kept) return false
      if (this.#options.signal.aborted) track.end('not run: the run was interrupted')
      else if (outcome.blocked) {
        track.lost('fail', {
          message: `it blocked its worker for ${SILENCE_MS / 1000} s: an endless loop?`,
        })
      } else track.lost('error', { message: 'its worker process died', detail: outcome.why })
    } else if (!kept) {
      track.end(
        this.#options.signal.aborted
          ? 'not run: the run was interrupted'
          : 'not run: the suite ended at an earlier test',
      )
      // A body that did not end in its time may still be at work in there.
      if (overrun) await this.end()
    }
    const { fail, error, miss } = track.counts
    return fail + error + miss === 0
  }

  /** Asks the worker to discard its machine and go; kills one that does not. */
  stop(): void {
    const worker = this.#worker
    if (worker === undefined) return
    worker.send({ type: 'stop' })
    const grace = setTimeout(() => worker.kill(), STOP_GRACE_MS)
    void worker.ended.then(() => clearTimeout(grace))
  }

  async end(): Promise<void> {
    this.stop()
    await this.#worker?.ended
    this.#worker = undefined
  }
}
