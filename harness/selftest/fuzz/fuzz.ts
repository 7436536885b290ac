import { availableParallelism } from 'node:os'
import { startThread } from '../../compile/entry.js'
import { CURRENT, DONE, NONE, type FuzzWork } from './messages.js'
import type { FuzzProblem } from './one-case.js'

/** How often workers are looked at. */
const LOOK_MS = 250
/** A case that is still read after so many looks in a row hangs: a stopped or starved process looks as little as it works. */
const HANG_LOOKS = 40
/** More would say the same again. */
const MOST_PROBLEMS = 20

export interface FuzzRequest {
  /** Address of a module that has `readers`. */
  readonly module: string
  readonly reader: string
  readonly cases: number
  readonly seed: number
  readonly signal: AbortSignal
  /** Told now and then how many cases have been read. */
  readonly onProgress?: (done: number) => void
  readonly hangLooks?: number
  readonly threads?: number
}

/** What came of one reader's cases. */
export interface FuzzResult {
  readonly reader: string
  /** How many were read. */
  readonly cases: number
  /** By their numbers. */
  readonly problems: readonly FuzzProblem[]
  readonly durationMs: number
}

/**
 * Puts mutated inputs to a reader in worker threads, one a core. A case that never ends ends its worker, and the others go
 * on in another.
 *
 * @throws the signal's reason when it aborts
 */
export async function fuzz(request: FuzzRequest): Promise<FuzzResult> {
  const { cases, signal, threads = availableParallelism() } = request
  const since = performance.now()
  const problems: FuzzProblem[] = []
  const stop = new AbortController()
  const strands = Array.from({ length: Math.min(threads, cases) }, (_, index) => {
    const shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
    return { index, shared, counts: new Int32Array(shared) }
  })
  const done = (): number => strands.reduce((sum, { counts }) => sum + (counts[DONE] ?? 0), 0)
  const looking = setInterval(() => request.onProgress?.(done()), LOOK_MS)
  const onProblem = (found: FuzzProblem): void => {
    problems.push(found)
    if (problems.length >= MOST_PROBLEMS) stop.abort()
  }
  try {
    await Promise.all(
      strands.map(async ({ index, shared, counts }) => {
        let from: number | undefined = index
        while (from !== undefined && !stop.signal.aborted) {
          const { module, reader, seed } = request
          const step = strands.length
          const work: FuzzWork = { module, reader, seed, from, step, below: cases, shared }
          const unread = await runWorker(work, {
            onProblem,
            signal: AbortSignal.any([signal, stop.signal]),
            hangLooks: request.hangLooks ?? HANG_LOOKS,
          })
          if (unread !== undefined) {
            Atomics.add(counts, DONE, 1)
            onProblem(unread)
          }
          from = unread === undefined ? undefined : unread.number + step
        }
      }),
    )
  } finally {
    clearInterval(looking)
    // Where one strand could not go on, the others need not.
    stop.abort()
  }
  signal.throwIfAborted()
  problems.sort((a, b) => a.number - b.number)
  return { reader: request.reader, cases: done(), problems, durationMs: performance.now() - since }
}

interface Watch {
  readonly onProblem: (problem: FuzzProblem) => void
  readonly signal: AbortSignal
  readonly hangLooks: number
}

/**
 * @returns the case that it did not get through, and how that ended it; undefined when it has read all of them or was stopped
 * @throws what keeps it from beginning
 */
async function runWorker(work: FuzzWork, watch: Watch): Promise<FuzzProblem | undefined> {
  const counts = new Int32Array(work.shared)
  Atomics.store(counts, CURRENT, NONE)
  const worker = startThread('fuzz-worker', work)
  let problem = 'a hang: nothing goes on that could end it'
  let crash: Error | undefined
  let hung: number | undefined
  let [last, looks] = [NONE, 0]
  const looking = setInterval(() => {
    const current = Atomics.load(counts, CURRENT)
    looks = current === last && current !== NONE ? looks + 1 : 0
    last = current
    if (looks < watch.hangLooks) return
    hung = current
    problem = `a hang: it is still read after ${(watch.hangLooks * LOOK_MS) / 1000} s`
    void worker.terminate()
  }, LOOK_MS)
  const stop = (): void => void worker.terminate()
  watch.signal.addEventListener('abort', stop, { once: true })
  if (watch.signal.aborted) stop()
  try {
    await new Promise<void>(resolve => {
      worker.on('message', watch.onProblem)
      worker.once('error', error => (crash = error))
      worker.once('exit', () => resolve())
    })
  } finally {
    clearInterval(looking)
    watch.signal.removeEventListener('abort', stop)
  }
  if (watch.signal.aborted) return undefined
  const number = hung ?? Atomics.load(counts, CURRENT)
  if (number === NONE) {
    if (crash !== undefined) throw crash
    return undefined
  }
  // Of this case, or of one shortly before it.
  if (crash !== undefined) problem = `a crash that nobody caught: ${crash.stack ?? crash.message}`
  return { number, problem }
}
