export type Accelerator = 'kvm' | 'tcg'

/**
 * How much longer everything may take in an emulated guest: syzkaller's slowdown is 5 to 10 there, and a debug kernel
 * that boots in 12 s under TCG on an idle host takes 100 s on one with eight times the work that its processors can do.
 */
const SLOWDOWN: Readonly<Record<Accelerator, number>> = { kvm: 1, tcg: 10 }

/** Every deadline has room for a host that is this much slower than an idle one; a slower one has been measured. */
const ROOM = 4

/** Workers, and whatever else a run starts, get the run's measure by it; a person may say it by hand. */
export const SLOWNESS_VARIABLE = 'MODPROVE_SLOWNESS'

let slowness = said(process.env[SLOWNESS_VARIABLE]) ?? 1

function said(text: string | undefined): number | undefined {
  const value = Number(text)
  return text && Number.isFinite(value) && value >= 1 ? value : undefined
}

/** How many times slower this host is than the one that deadlines were measured on; 1 until it was measured. */
export const hostSlowness = (): number => slowness

/** All deadlines from now on are for a host that is so many times slower; less than 1 counts as 1. */
export function slowHost(factor: number): void {
  slowness = Math.max(1, factor)
}

/**
 * A deadline for this kind of machine on this host. Every wait for a guest or its QEMU goes through here, so that
 * slowness is known in one place.
 * @param milliseconds enough for a guest that runs on the host's own CPU
 */
export const scaled = (milliseconds: number, accelerator: Accelerator): number =>
  scaledHere(milliseconds * SLOWDOWN[accelerator])

/** A deadline for what the host does itself; whole milliseconds, because AbortSignal.timeout() takes no others. */
export const scaledHere = (milliseconds: number): number =>
  Math.ceil(milliseconds * Math.max(1, slowness / ROOM))

/** Enough for what a suite's file may do before and between awaits. */
const SILENCE_MS = 60_000
/** In seconds, before it is scaled for this host; for those who try what a blocked worker comes to. */
const SILENCE_VARIABLE = 'MODPROVE_SILENCE_S'

/** Longest a worker may be silent, and a suite's import may take, on this host, in milliseconds. */
export const silenceMs = (): number =>
  scaledHere(Number(process.env[SILENCE_VARIABLE]) * 1000 || SILENCE_MS)

/** A wait is counted in steps of this length. */
const STEP_MS = 500

export interface Countdown {
  /** How long the machine that is waited for has been stopped until now: that is no time it had. */
  readonly stoppedMs?: () => number
  /** It keeps no process from its end. */
  readonly unref?: boolean
}

/**
 * Calls `late` when somebody has had his time. Where this process itself was stopped (Ctrl+Z, SIGSTOP) or starved, that counts as
 * one step at most: what came meanwhile was not read yet.
 *
 * @returns what is to be called when nobody waits any more
 */
export function afterRunning(
  limitMs: number,
  late: () => void,
  { stoppedMs = () => 0, unref = false }: Countdown = {},
): () => void {
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
  return () => clearTimeout(timer)
}

/**
 * Aborts after a time, or with the first of the signals. AbortSignal.any() over an AbortSignal.timeout() does not do for
 * that: it holds its sources weakly, and Node 20 collects a timeout that nobody else holds, which then never comes.
 */
export function abortedAfter(
  milliseconds: number,
  ...signals: readonly AbortSignal[]
): AbortSignal {
  const over = new AbortController()
  const late = (): void => over.abort(new Error('its time has passed'))
  const forget = afterRunning(milliseconds, late, { unref: true })
  over.signal.addEventListener('abort', forget, { once: true })
  for (const signal of signals) {
    if (signal.aborted) over.abort(signal.reason)
    else signal.addEventListener('abort', () => over.abort(signal.reason), { signal: over.signal })
  }
  return over.signal
}
