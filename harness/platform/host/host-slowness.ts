import { pbkdf2 } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { hostSlowness, setHostSlowness, SLOWNESS_VARIABLE } from '../waiting/deadlines.js'
import type { Progress } from '../terminal/progress.js'

/** Enough to last longer than the period of a small CPU quota, which is 100 ms. */
const ITERATIONS = 60_000
/** On the host that timeouts were measured on: an idle Xeon of 2.5 GHz. */
const USUAL_MS = 40
/** Threads of libuv's pool. */
const MAX_THREADS = 4
/** A host that seems slower than this is stuck. */
const MAX_SLOWNESS = 40
/** Smaller factors are not printed. */
const WORTH_TELLING = 4

/**
 * How many times slower this host is now than an idle usual one: CPU, CPU quota and other load in
 * one factor. Loads all cores at once, as machines do.
 */
export async function measureSlowness(): Promise<number> {
  const threads = Math.min(availableParallelism(), MAX_THREADS)
  const compute = promisify(pbkdf2)
  const since = performance.now()
  await Promise.all(
    Array.from({ length: threads }, (_, salt) =>
      compute('modprove', String(salt), ITERATIONS, 32, 'sha256'),
    ),
  )
  const factor = (performance.now() - since) / USUAL_MS
  return Math.min(MAX_SLOWNESS, Math.max(1, Math.round(factor * 10) / 10))
}

/**
 * Estimates how long work for all cores takes here, in seconds.
 * @param seconds its duration on two idle cores of the usual host
 */
export async function secondsHere(
  seconds: number,
  cores = availableParallelism(),
  slowness?: number,
): Promise<number> {
  const factor = slowness ?? (hostSlowness() > 1 ? hostSlowness() : await measureSlowness())
  return (seconds * factor * 2) / cores
}

/**
 * Measures the host once, and scales all timeouts of this process and its workers.
 * `MODPROVE_SLOWNESS` overrides the measurement.
 */
export async function calibrateDeadlines(progress: Pick<Progress, 'say'>): Promise<void> {
  if (process.env[SLOWNESS_VARIABLE] === undefined) setHostSlowness(await measureSlowness())
  if (hostSlowness() < WORTH_TELLING) return
  progress.say(
    `this host is ${hostSlowness()} times slower than an idle one of 2.5 GHz; deadlines are longer by that`,
  )
}
