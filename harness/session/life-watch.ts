import { startCountdown, scaledHere } from '../platform/deadlines.js'
import type { Evidence } from '../verdict/index.js'

/** Whether a guest answered. */
export type Life = Pick<Evidence, 'pingAnswered' | 'connection'>

/** A guest did not answer for so long that waiting is useless. */
export class GuestSilent extends Error {
  override readonly name = 'GuestSilent'

  constructor() {
    super('the guest stopped answering')
  }
}

/** Most tests end earlier, and are not disturbed. */
const FIRST_MS = 2_000
const AGAIN_MS = 5_000

/** Pings a guest from time to time: if it is silent, the test ends, whatever its timeout. */
export class LifeWatch {
  /** Rejects with {@link GuestSilent}. */
  readonly silent: Promise<never>
  readonly #ask: () => Promise<Life>
  #onSilent: () => void = () => undefined
  #asking: Promise<Life> | undefined
  #forget: () => void = () => undefined
  #isOver = false

  /** @param ask resolves when the guest has answered, or was silent for too long; never rejects */
  constructor(ask: () => Promise<Life>, firstMs = scaledHere(FIRST_MS)) {
    this.#ask = ask
    this.silent = new Promise((_, reject) => {
      this.#onSilent = () => reject(new GuestSilent())
    })
    this.silent.catch(() => undefined)
    this.#later(firstMs)
  }

  /** The pending answer, else that to a new question. */
  answer(): Promise<Life> {
    return (this.#asking ??= this.#ask())
  }

  /** Stops asking; a pending answer is still available from {@link answer}. */
  end(): void {
    this.#isOver = true
    this.#forget()
  }

  #later(ms: number): void {
    this.#forget = startCountdown(ms, () => void this.#look())
  }

  async #look(): Promise<void> {
    const { pingAnswered, connection } = await this.answer()
    if (this.#isOver) return
    // A lost connection ends the test by itself.
    if (pingAnswered === false && connection === 'open') return this.#onSilent()
    this.#asking = undefined
    this.#later(scaledHere(AGAIN_MS))
  }
}
