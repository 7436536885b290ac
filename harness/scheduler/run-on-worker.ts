import { silenceMs } from '../platform/waiting/deadlines.js'
import type { FromWorker, Job, KeptMachine } from '../session/job.js'
import type { JobTrack } from './job-track.js'
import { whyLost, type LostWorker } from './lost-worker.js'
import type { Semaphore } from './semaphore.js'
import { Turn } from './turn.js'
import type { PoolWorker } from './worker-process.js'
import { WorkerWatchdog, type GivenUp } from './worker-watchdog.js'

export interface WorkerContext {
  /** The job holds one permit while it runs. */
  readonly turns: Semaphore
  readonly onKept: (machine: KeptMachine) => void
}

/** How a worker's run of a job ended. */
interface RunEnd {
  readonly how:
    | Extract<FromWorker, { readonly type: 'done' | 'failed' }>
    | { readonly type: 'died'; readonly lost: LostWorker }
  /** Its machine was kept up, and the job was closed before that. */
  readonly isKept: boolean
  /** A test exceeded its timeout: its body may still run in the worker. */
  readonly hasOverrun: boolean
}

/** Runs a job on a worker, and follows it until it is done or the worker is gone. */
export async function runOnWorker(
  job: Job,
  worker: PoolWorker,
  track: JobTrack,
  { turns, onKept }: WorkerContext,
): Promise<RunEnd> {
  const turn = new Turn(turns, waitedMs => {
    track.waitedMs += waitedMs
    worker.send({ type: 'continue' })
  })
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
  let isKept = false
  let hasOverrun = false
  const finished = new Promise<RunEnd['how']>(resolve => {
    worker.onMessage = message => {
      watchdog.heartbeat()
      if (message.type === 'idle') turn.giveAway()
      if (message.type === 'ready') void turn.takeBack()
      if (message.type === 'late') track.late.push(message.late)
      if (message.type === 'event') {
        track.take(message.event)
        hasOverrun ||= message.event.type === 'test-end' && message.event.overrun === true
      }
      if (message.type === 'kept') {
        isKept = true
        watchdog.end()
        // The verdict is needed while the machine is still up.
        track.end(ENDED_EARLIER)
        onKept(message.machine)
      }
      if (message.type === 'done' || message.type === 'failed') resolve(message)
    }
  })
  worker.send({ type: 'run', job })
  const died = worker.ended.then((end): RunEnd['how'] => {
    return { type: 'died', lost: whyLost(end, givenUp, limitMs) }
  })
  const how = await Promise.race([finished, died])
  watchdog.end()
  await turn.takeBack()
  return { how, isKept, hasOverrun }
}

/** Why tests have no result although their worker is done. */
export const ENDED_EARLIER = 'the suite ended at an earlier test'
