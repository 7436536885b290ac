/** How many may be at work at once. Who rests lends its turn, and takes one again without waiting. */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Resolves when one is free. */
  take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve()
    }
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** Takes one that may not be free: there are fewer for others until as many were given back. */
  takeAtOnce(): void {
    this.#free -= 1
  }

  give(): void {
    this.#free += 1
    if (this.#free <= 0) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#free -= 1
    next()
  }
}
