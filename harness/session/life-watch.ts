import { afterRunning, scaledHere } from '../platform/deadlines.js'
import type { Evidence } from '../verdict/index.js'

/** What is known of a guest that was asked whether it lives. */
export type Life = Pick<Evidence, 'pingAnswered' | 'connection'>

/** A guest that did not answer for so long that nothing is to be waited for. */
export class GuestSilent extends Error {
  override readonly name = 'GuestSilent'

  constructor() {
    super('the guest stopped answering')
  }
}

/** Most tests have ended by then, and are not disturbed. */
const FIRST_MS = 2_000
const AGAIN_MS = 5_000

/**
 * Asks a guest now and then whether it lives, while a test runs there: one that is silent is given up at once, however much time
 * the test has.
 */
export class LifeWatch {
  /** Rejects with {@link GuestSilent}. */
  readonly silent: Promise<never>
  readonly #ask: () => Promise<Life>
  #onSilent: () => void = () => undefined
  #asking: Promise<Life> | undefined
  #forget: () => void = () => undefined
  #isOver = false

  /** @param ask resolves when the guest has answered, or has not for long enough; never rejects */
  constructor(ask: () => Promise<Life>, firstMs = scaledHere(FIRST_MS)) {
    this.#ask = ask
    this.silent = new Promise((_, reject) => {
      this.#onSilent = () => reject(new GuestSilent())
    })
    this.silent.catch(() => undefined)
    this.#later(firstMs)
  }

  /** The answer that is waited for already, else that to a new question. */
  answer(): Promise<Life> {
    return (this.#asking ??= this.#ask())
  }

  /** Asks no more; an answer that is waited for may still be had by {@link answer}. */
  end(): void {
    this.#isOver = true
    this.#forget()
  }

  #later(ms: number): void {
    this.#forget = afterRunning(ms, () => void this.#look())
  }

  async #look(): Promise<void> {
    const { pingAnswered, connection } = await this.answer()
    if (this.#isOver) return
    // Where the connection is lost, that is what ends the test.
    if (pingAnswered === false && connection === 'open') return this.#onSilent()
    this.#asking = undefined
    this.#later(scaledHere(AGAIN_MS))
  }
}
