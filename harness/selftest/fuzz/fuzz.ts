import { availableParallelism } from 'node:os'
import type { FuzzProblem, FuzzResult } from '../../contract/fuzz-result.js'
import { startThread } from '../../compile/entry.js'
import { onAbort } from '../../platform/waiting/on-abort.js'
import { CURRENT, DONE, NONE, type FuzzWork } from './messages.js'

/** Interval of checking workers. */
const LOOK_MS = 250
/** Checks after which a case hangs; counted, so that a suspended process is not blamed. */
const HANG_LOOKS = 40
/** More would repeat the same problem. */
const MAX_PROBLEMS = 20

export interface FuzzRequest {
  /** URL of a module that exports `readers`. */
  readonly module: string
  readonly reader: string
  readonly cases: number
  readonly seed: number
  readonly signal: AbortSignal
  /** Called periodically with the number of finished cases. */
  readonly onProgress?: (done: number) => void
  readonly hangLooks?: number
  readonly threads?: number
}

/**
 * Feeds mutated inputs to a parser in worker threads, one per core. A hanging case ends its worker,
 * and a new one continues with the rest.
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
    if (problems.length >= MAX_PROBLEMS) stop.abort()
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
    // After one worker's failure, the others are not needed.
    stop.abort()
  }
  signal.throwIfAborted()
  problems.sort((a, b) => a.number - b.number)
  return { reader: request.reader, cases: done(), problems, durationMs: performance.now() - since }
}

interface FuzzWatch {
  readonly onProblem: (problem: FuzzProblem) => void
  readonly signal: AbortSignal
  readonly hangLooks: number
}

/**
 * @returns the case that it did not finish, and why; undefined if it finished all, or was stopped
 * @throws what keeps it from starting
 */
async function runWorker(work: FuzzWork, watch: FuzzWatch): Promise<FuzzProblem | undefined> {
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
  using _stop = onAbort(watch.signal, () => void worker.terminate())
  try {
    await new Promise<void>(resolve => {
      worker.on('message', watch.onProblem)
      worker.once('error', error => (crash = error))
      worker.once('exit', () => resolve())
    })
  } finally {
    clearInterval(looking)
  }
  if (watch.signal.aborted) return undefined
  const number = hung ?? Atomics.load(counts, CURRENT)
  if (number === NONE) {
    if (crash !== undefined) throw crash
    return undefined
  }
  // By this case, or by one shortly before it.
  if (crash !== undefined) problem = `a crash that nobody caught: ${crash.stack ?? crash.message}`
  return { number, problem }
}
