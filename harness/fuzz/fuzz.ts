import { Worker } from 'node:worker_threads'
import { availableParallelism } from 'node:os'
import { CURRENT, DONE, type FuzzWork } from './messages.js'
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
          const hung = await runWorker(work, {
            onProblem,
            signal: AbortSignal.any([signal, stop.signal]),
            hangLooks: request.hangLooks ?? HANG_LOOKS,
          })
          if (hung !== undefined) {
            Atomics.add(counts, DONE, 1)
            const seconds = ((request.hangLooks ?? HANG_LOOKS) * LOOK_MS) / 1000
            onProblem({ number: hung, problem: `a hang: it is still read after ${seconds} s` })
          }
          from = hung === undefined ? undefined : hung + step
        }
      }),
    )
  } finally {
    clearInterval(looking)
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

/** Loads TypeScript as the command itself does, which a worker thread does not inherit. */
const LOADER = `
  import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(new URL('worker.ts', import.meta.url).href)})))
`

/** @returns the case that it hangs in, undefined when it has read all of them or was stopped */
async function runWorker(work: FuzzWork, watch: Watch): Promise<number | undefined> {
  const counts = new Int32Array(work.shared)
  Atomics.store(counts, CURRENT, -1)
  const worker = new Worker(LOADER, { eval: true, workerData: work })
  let hung: number | undefined
  let [last, looks] = [-1, 0]
  const looking = setInterval(() => {
    const current = Atomics.load(counts, CURRENT)
    looks = current === last && current >= 0 ? looks + 1 : 0
    last = current
    if (looks < watch.hangLooks) return
    hung = current
    void worker.terminate()
  }, LOOK_MS)
  const stop = (): void => void worker.terminate()
  watch.signal.addEventListener('abort', stop, { once: true })
  if (watch.signal.aborted) stop()
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', watch.onProblem)
      worker.once('error', reject)
      worker.once('exit', () => resolve())
    })
  } finally {
    clearInterval(looking)
    watch.signal.removeEventListener('abort', stop)
  }
  return hung
}
