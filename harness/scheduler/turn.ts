import type { Semaphore } from './semaphore.js'

/** A job's turn, which another job has while this one is idle. */
export class Turn {
  readonly #turns: Semaphore
  readonly #onBack: (waitedMs: number) => void
  #isAway = false
  #coming: Promise<void> | undefined

  /** @param onBack called when it is back, with how long that took */
  constructor(turns: Semaphore, onBack: (waitedMs: number) => void) {
    this.#turns = turns
    this.#onBack = onBack
  }

  giveAway(): void {
    this.#isAway = true
    this.#turns.release()
  }

  /** Resolves when the job has its turn; at once if it never gave it away. */
  async takeBack(): Promise<void> {
    if (this.#isAway) await (this.#coming ??= this.#wait())
  }

  async #wait(): Promise<void> {
    const since = performance.now()
    await this.#turns.reacquire()
    this.#isAway = false
    this.#coming = undefined
    this.#onBack(performance.now() - since)
  }
}
