import { startCountdown, scaledHere } from '../platform/deadlines.js'
import type { Sleeper } from './sleepers.js'

/** A task sleeps uninterruptibly for so long that nothing will wake it. */
export class TaskAsleep extends Error {
  override readonly name = 'TaskAsleep'

  constructor({ name, pid }: Sleeper, sleptMs: number) {
    const seconds = (sleptMs / 1000).toFixed(0)
    super(`${name} (pid ${pid}) sleeps uninterruptibly, and has not woken for ${seconds} s`)
  }
}

const EVERY_MS = 5_000

/**
 * Looks for hung tasks from time to time while a test runs: one ends the test, whatever its
 * timeout. A task
 * that wakes in between, if only briefly, does not count.
 */
export class SleepWatch {
  /** Rejects with {@link TaskAsleep}. */
  readonly asleep: Promise<never>
  readonly #read: () => Promise<readonly Sleeper[]>
  readonly #limitMs: number
  readonly #everyMs: number
  readonly #stoppedMs: () => number
  #onAsleep: (error: TaskAsleep) => void = () => undefined
  /** Milliseconds asleep, by `Sleeper.sleep`. */
  #slept = new Map<string, number>()
  #lookedAt: number
  #forget: () => void = () => undefined
  #isOver = false

  /**
   * @param limitMs how long a task may sleep
   * @param stoppedMs total time that the machine was stopped; it does not count
   */
  constructor(
    read: () => Promise<readonly Sleeper[]>,
    limitMs: number,
    stoppedMs: () => number,
    everyMs = scaledHere(EVERY_MS),
  ) {
    this.#read = read
    this.#limitMs = limitMs
    this.#stoppedMs = stoppedMs
    this.#everyMs = everyMs
    this.#lookedAt = performance.now() - stoppedMs()
    this.asleep = new Promise((_, reject) => (this.#onAsleep = reject))
    this.asleep.catch(() => undefined)
    this.#later()
  }

  end(): void {
    this.#isOver = true
    this.#forget()
  }

  #later(): void {
    this.#forget = startCountdown(this.#everyMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    // A guest that cannot be asked is detected elsewhere.
    const sleepers = await this.#read().catch(() => undefined)
    if (this.#isOver) return
    if (sleepers !== undefined) this.#take(sleepers)
    this.#later()
  }

  #take(sleepers: readonly Sleeper[]): void {
    const now = performance.now() - this.#stoppedMs()
    // A guest that was not scheduled in between did not sleep all of that time.
    const passedMs = Math.min(now - this.#lookedAt, 2 * this.#everyMs)
    this.#lookedAt = now
    const before = this.#slept
    this.#slept = new Map()
    for (const sleeper of sleepers) {
      const known = before.get(sleeper.sleep)
      const sleptMs = known === undefined ? 0 : known + passedMs
      this.#slept.set(sleeper.sleep, sleptMs)
      if (sleptMs >= this.#limitMs) this.#onAsleep(new TaskAsleep(sleeper, sleptMs))
    }
  }
}
