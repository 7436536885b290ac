import { scaledHere } from '../../platform/waiting/deadlines.js'
import type { Sleeper } from './sleepers.js'
import { NotReturned } from './race.js'
import { Watch } from './watch.js'

/** A task sleeps uninterruptibly for so long that nothing will wake it. */
class TaskAsleep extends NotReturned {
  override readonly name = 'TaskAsleep'

  constructor({ name, pid }: Sleeper, sleptMs: number) {
    const seconds = (sleptMs / 1000).toFixed(0)
    super(`${name} (pid ${pid}) sleeps uninterruptibly, and has not woken for ${seconds} s`)
  }
}

const EVERY_MS = 5_000

/**
 * Looks for hung tasks while a test runs: one ends the test, whatever its timeout. A task that
 * wakes in between, if only briefly, does not count.
 *
 * @param limitMs how long a task may sleep
 * @param stoppedMs total time that the machine was stopped; it does not count
 * @returns fails with {@link TaskAsleep}
 */
export function watchSleep(
  read: () => Promise<readonly Sleeper[]>,
  limitMs: number,
  stoppedMs: () => number,
  everyMs = scaledHere(EVERY_MS),
): Watch {
  /** Milliseconds asleep, by `Sleeper.sleep`. */
  let slept = new Map<string, number>()
  let lookedAt = performance.now() - stoppedMs()
  return new Watch(async () => {
    // A guest that cannot be asked is detected elsewhere.
    const sleepers = await read().catch(() => undefined)
    if (sleepers === undefined) return
    const now = performance.now() - stoppedMs()
    // A guest that was not scheduled in between did not sleep all of that time.
    const passedMs = Math.min(now - lookedAt, 2 * everyMs)
    lookedAt = now
    const before = slept
    slept = new Map()
    for (const sleeper of sleepers) {
      const known = before.get(sleeper.sleep)
      const sleptMs = known === undefined ? 0 : known + passedMs
      slept.set(sleeper.sleep, sleptMs)
      if (sleptMs >= limitMs) throw new TaskAsleep(sleeper, sleptMs)
    }
  }, everyMs)
}
