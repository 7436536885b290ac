import { startCountdown } from '../../platform/waiting/deadlines.js'

/** Looks at a guest from time to time, until a look throws or the watch is ended. */
export class Watch {
  /** Rejects with what a look has thrown. */
  readonly failed: Promise<never>
  #forget: () => void = () => undefined
  #isOver = false

  /** @param firstMs until the first look; `everyMs` is from the end of one to the next */
  constructor(look: () => Promise<void>, everyMs: number, firstMs = everyMs) {
    this.failed = new Promise((_, reject) => {
      const again = (): void => {
        if (!this.#isOver) later(everyMs)
      }
      const fail = (error: Error): void => {
        if (!this.#isOver) reject(error)
      }
      const later = (ms: number): void => {
        this.#forget = startCountdown(ms, () => void look().then(again, fail))
      }
      later(firstMs)
    })
    this.failed.catch(() => undefined)
  }

  /** Stops looking; a look that has begun finds nothing any more. */
  end(): void {
    this.#isOver = true
    this.#forget()
  }
}
