import { pbkdf2 } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { hostSlowness, slowHost, SLOWNESS_VARIABLE } from './deadlines.js'
import type { Progress } from './progress.js'

/**
 * A piece of work for one core, and how long it takes on the host that deadlines were measured on (a Xeon of 2.5 GHz, idle:
 * 39 ms). It is long beside the 100 ms in which a CPU quota is counted once that quota is small.
 */
const ITERATIONS = 60_000
const USUAL_MS = 40
/** libuv's pool has so many threads. */
const MOST_THREADS = 4
/** Beyond it a host is not slow, it stands still. */
const MOST = 40
/** Less is nothing that a person wants to know. */
const WORTH_TELLING = 4

/**
 * How many times slower this host is now than an idle usual one: its CPU, its CPU quota, and who else wants it, in one
 * factor. All cores are asked at once, as machines ask them.
 */
export async function measureSlowness(): Promise<number> {
  const threads = Math.min(availableParallelism(), MOST_THREADS)
  const work = promisify(pbkdf2)
  const since = performance.now()
  await Promise.all(
    Array.from({ length: threads }, (_, salt) =>
      work('modprove', String(salt), ITERATIONS, 32, 'sha256'),
    ),
  )
  const factor = (performance.now() - since) / USUAL_MS
  return Math.min(MOST, Math.max(1, Math.round(factor * 10) / 10))
}

/**
 * How long work for all cores takes here, in seconds, by how quick the host is now.
 * @param seconds what it takes on two idle cores of the usual host
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
 * Measures the host once, and lets every deadline of this process and its workers be for such a host. Does nothing where
 * `MODPROVE_SLOWNESS` says it.
 */
export async function heedSlowness(progress: Pick<Progress, 'say'>): Promise<void> {
  if (process.env[SLOWNESS_VARIABLE] === undefined) slowHost(await measureSlowness())
  if (hostSlowness() < WORTH_TELLING) return
  progress.say(
    `this host is ${hostSlowness()} times slower than an idle one of 2.5 GHz; deadlines are longer by that`,
  )
}
