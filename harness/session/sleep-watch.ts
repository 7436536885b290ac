import { afterRunning, scaledHere } from '../platform/deadlines.js'
import type { Sleeper } from './sleepers.js'

/** A task that sleeps uninterruptibly for so long that nothing will wake it. */
export class TaskAsleep extends Error {
  override readonly name = 'TaskAsleep'

  constructor({ name, pid }: Sleeper, sleptMs: number) {
    const seconds = (sleptMs / 1000).toFixed(0)
    super(`${name} (pid ${pid}) sleeps uninterruptibly, and has not woken for ${seconds} s`)
  }
}

const EVERY_MS = 5_000

/**
 * Looks now and then, while a test runs, for a task that hangs in a guest that answers: the test ends then, however much time it
 * has. A task that has woken in between, if only for a moment, is not meant.
 */
export class SleepWatch {
  /** Rejects with {@link TaskAsleep}. */
  readonly asleep: Promise<never>
  readonly #read: () => Promise<readonly Sleeper[]>
  readonly #limitMs: number
  readonly #everyMs: number
  readonly #stoppedMs: () => number
  #onAsleep: (error: TaskAsleep) => void = () => undefined
  /** By sleep, in milliseconds. */
  #slept = new Map<string, number>()
  #lookedAt: number
  #forget: () => void = () => undefined
  #isOver = false

  /**
   * @param limitMs how long a task may sleep
   * @param stoppedMs how long the machine could not run until now: what a task waits for could not either
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

  /** Looks no more. */
  end(): void {
    this.#isOver = true
    this.#forget()
  }

  #later(): void {
    this.#forget = afterRunning(this.#everyMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    // Where the guest cannot be asked, that is for others to find.
    const sleepers = await this.#read().catch(() => undefined)
    if (this.#isOver) return
    if (sleepers !== undefined) this.#take(sleepers)
    this.#later()
  }

  #take(sleepers: readonly Sleeper[]): void {
    const now = performance.now() - this.#stoppedMs()
    // A guest that stood still in between slept no longer than the time it had.
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
