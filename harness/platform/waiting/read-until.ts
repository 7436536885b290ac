import { setTimeout as pause } from 'node:timers/promises'
import { startCountdown, type Countdown } from './deadlines.js'

/** Delay between readings, at first and at most: a guest's one processor has other work. */
const AGAIN_MS = { first: 2, most: 50 }

/**
 * Reads until a reading will do, or until its time has passed, and then once more.
 * @returns the last reading
 */
export async function readUntil<T>(
  read: () => Promise<T>,
  isEnough: (reading: T) => boolean,
  limitMs: number,
  countdown: Countdown = {},
): Promise<T> {
  const late = new AbortController()
  using _limit = startCountdown(limitMs, () => late.abort(), countdown)
  for (let againMs = AGAIN_MS.first; ; againMs = Math.min(2 * againMs, AGAIN_MS.most)) {
    const isLast = late.signal.aborted
    const reading = await read()
    if (isLast || isEnough(reading)) return reading
    await pause(againMs)
  }
}
