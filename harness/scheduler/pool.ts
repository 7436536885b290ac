import type { RunEvent } from '../contract/events.js'
import type { Job, KeptMachine } from '../session/job.js'
import { Semaphore } from './semaphore.js'
import { Slot } from './slot.js'
import { takeWorker } from './spare-workers.js'
import type { PoolWorker } from './worker-process.js'

export interface PoolOptions {
  /** Machines that work side by side. */
  readonly slots: number
  /** How many more machines may exist while others are idle; 0 by default. */
  readonly extraSlots?: number
  readonly signal: AbortSignal
  readonly emit: (event: RunEvent) => void
  readonly onKept: (machine: KeptMachine) => void
  /** After a failed test, start no further job, and end the running ones at once. */
  readonly bail: boolean
  /** Replaceable for tests. */
  readonly worker?: () => PoolWorker
}

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
  const {
    slots: regular,
    extraSlots = 0,
    signal,
    emit,
    onKept,
    bail,
    worker = takeWorker,
  } = options
  const turns = new Semaphore(regular)
  const over = new AbortController()
  const ended = new Promise<undefined>(resolve => {
    over.signal.addEventListener('abort', () => resolve(undefined))
  })
  const slots = Array.from({ length: regular + extraSlots }, () => {
    const slot: Slot = new Slot({
      turns,
      emit,
      onKept,
      worker,
      onFailed: () => {
        if (bail) stop('a test of another suite failed (--bail)', slot)
      },
    })
    return slot
  })
  // Workers start before the first job is built: a worker takes a second to load.
  for (const slot of slots.slice(0, regular)) slot.start()
  const stop = (why: string, except?: Slot): void => {
    over.abort()
    for (const slot of slots) if (slot !== except) slot.stop(why)
  }
  const interrupt = (): void => stop('the run was interrupted')
  const serve = async (slot: Slot): Promise<void> => {
    for (;;) {
      await turns.acquire()
      try {
        const job = over.signal.aborted ? undefined : await Promise.race([queue.next(), ended])
        // A job that arrives after the end is not started.
        if (job === undefined || over.signal.aborted) return
        await slot.run(job)
      } finally {
        turns.release()
      }
    }
  }
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    signal.throwIfAborted()
    await Promise.all(slots.map(serve))
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', interrupt)
    // After an error that would fail every job, the other jobs end as if interrupted.
    over.abort()
    await Promise.all(slots.map(slot => slot.end()))
  }
}
