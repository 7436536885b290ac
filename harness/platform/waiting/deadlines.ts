import type { Accelerator } from '../../contract/accelerator.js'

/**
 * How much slower an emulated guest may be: syzkaller uses 5 to 10. A debug kernel that boots in 12
 * s under TCG on an idle host takes 100 s on one with eight times the work that its CPUs can do.
 */
const SLOWDOWN: Readonly<Record<Accelerator, number>> = { kvm: 1, tcg: 10 }

/** Every timeout allows for a host this much slower than an idle one, before it is scaled. */
export const ROOM = 4

/** Passes a run's measured slowness to workers and other child processes; may be set by hand. */
export const SLOWNESS_VARIABLE = 'MODPROVE_SLOWNESS'

let slowness = parseSlowness(process.env[SLOWNESS_VARIABLE]) ?? 1

function parseSlowness(text: string | undefined): number | undefined {
  const value = Number(text)
  return text && Number.isFinite(value) && value >= 1 ? value : undefined
}

/** How many times slower this host is than the one that timeouts are for; 1 until measured. */
export const hostSlowness = (): number => slowness

/** Sets how many times slower this host is, for all timeouts from now on; at least 1. */
export function setHostSlowness(factor: number): void {
  slowness = Math.max(1, factor)
}

/**
 * A timeout for this kind of machine on this host. Every wait for a guest or its QEMU uses it.
 * @param milliseconds enough for a guest on KVM on an idle host
 */
export const scaled = (milliseconds: number, accelerator: Accelerator): number =>
  scaledHere(milliseconds * SLOWDOWN[accelerator])

/** A timeout for the host's own work; an integer, as AbortSignal.timeout() accepts nothing else. */
export const scaledHere = (milliseconds: number): number =>
  Math.ceil(milliseconds * Math.max(1, slowness / ROOM))

/** Enough for the synchronous work of a suite's file. */
const SILENCE_MS = 60_000
/** In seconds, before scaling; for tests of blocked workers. */
const SILENCE_VARIABLE = 'MODPROVE_SILENCE_S'

/** Longest silence of a worker, and duration of a suite's import, on this host, in milliseconds. */
export const silenceMs = (): number =>
  scaledHere(Number(process.env[SILENCE_VARIABLE]) * 1000 || SILENCE_MS)

/** Waits are counted in steps of this length. */
const STEP_MS = 500

export interface Countdown {
  /** How long the machine has been stopped until now; that time does not count. */
  readonly stoppedMs?: () => number
  /** Does not keep the process alive. */
  readonly unref?: boolean
}

/** Cancels a wait when called, or at the end of its scope. */
export type Cancel = (() => void) & Disposable

/**
 * Calls `late` after a time. While this process itself is stopped (Ctrl+Z, SIGSTOP) or starved, at
 * most one step counts: input that arrived meanwhile has not been read.
 */
export function startCountdown(
  limitMs: number,
  late: () => void,
  { stoppedMs = () => 0, unref = false }: Countdown = {},
): Cancel {
  let leftMs = limitMs
  let before = stoppedMs()
  let timer: NodeJS.Timeout
  const wait = (ms: number): void => {
    const step = (): void => {
      const now = stoppedMs()
      leftMs -= ms - (now - before)
      before = now
      if (leftMs > 0) wait(Math.min(leftMs, STEP_MS))
      else late()
    }
    timer = setTimeout(step, ms)
    if (unref) timer.unref()
  }
  wait(Math.min(limitMs, STEP_MS))
  const cancel = (): void => clearTimeout(timer)
  return Object.assign(cancel, { [Symbol.dispose]: cancel })
}

/**
 * Aborts after a time, or with the first of the signals. AbortSignal.any() of an
 * AbortSignal.timeout() would not: it holds its sources weakly, and Node 20 collects a timeout that
 * nothing else references.
 */
export function abortedAfter(
  milliseconds: number,
  ...signals: readonly AbortSignal[]
): AbortSignal {
  const over = new AbortController()
  const late = (): void => over.abort(new Error('its time has passed'))
  const forget = startCountdown(milliseconds, late, { unref: true })
  over.signal.addEventListener('abort', forget, { once: true })
  for (const signal of signals) {
    if (signal.aborted) over.abort(signal.reason)
    else signal.addEventListener('abort', () => over.abort(signal.reason), { signal: over.signal })
  }
  return over.signal
}
