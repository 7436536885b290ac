import type { Problem } from '../contract/events.js'
import { INTERNAL_ERROR, type Job } from '../session/job.js'
import type { JobTrack } from './job-track.js'
import type { WorkerEnd } from './worker-process.js'
import type { GivenUp } from './worker-watchdog.js'

/** As for lost machines: a test that loses its worker twice is not retried. */
const TRIES_OF_A_LOST_WORKER = 2

/** What a worker's end means for the test that ran. */
export interface LostWorker {
  readonly problem: Problem
  /** The test is not to blame: it is tried again. */
  readonly isOurs: boolean
}

/**
 * Why a worker ended before its job.
 * @param givenUp why it was killed by the harness, if it was
 * @param limitMs how long it may be silent
 */
export function whyLost(
  { code, signal, stderr }: WorkerEnd,
  givenUp: GivenUp | undefined,
  limitMs: number,
): LostWorker {
  const lost = (kind: 'worker' | 'worker-lost', message: string, isOurs = false): LostWorker => {
    const detail = stderr === '' ? {} : { detail: stderr }
    return { problem: { kind, message, ...detail }, isOurs }
  }
  if (givenUp === 'stopped')
    return lost('worker-lost', 'its worker process was stopped (SIGSTOP), not resumed, and killed')
  if (givenUp === 'silent')
    return lost('worker', `it blocked its worker for ${limitMs / 1000} s: an endless loop?`)
  if (signal !== null || code === null) {
    const by = signal ?? 'an error before it started'
    const why = signal === 'SIGKILL' ? '; the host may be out of memory' : ''
    return lost('worker-lost', `its worker process was killed by ${by}${why}`, true)
  }
  if (code === INTERNAL_ERROR)
    return lost('worker-lost', 'its worker process died of an internal error of modprove')
  return lost('worker', `it ended its worker process with exit status ${code}`)
}

/**
 * Blames the test that ran when the worker died.
 * @returns what remains of the job, for another worker
 */
export function remainingOf(
  job: Job,
  track: JobTrack,
  { problem, isOurs }: LostWorker,
): Job | undefined {
  // It died after the last result.
  if (isOurs && track.remaining?.length === 0) {
    track.end('')
    return undefined
  }
  // Killed from outside (OOM killer, a user): the test is retried once.
  if (isOurs && track.lostTry() < TRIES_OF_A_LOST_WORKER) {
    track.note(`${problem.message}; another worker continues`)
    const { remaining: tests, ended: written, passed, late } = track
    return tests === undefined ? job : { ...job, remaining: { tests, written, passed, late } }
  }
  const test = track.running
  if (test === undefined || job.bail) {
    track.lost(problem)
    return undefined
  }
  // The next worker writes the point of the lost test.
  const { ended: written } = track
  track.charge(problem)
  const { remaining: tests = [], passed, late } = track
  const lost = { test, problem }
  if (tests.length > 0) return { ...job, remaining: { tests, written, passed, late, lost } }
  track.end('')
  return undefined
}
