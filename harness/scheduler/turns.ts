/** How many may be at work at once. Who rests lends its turn, and gets the next one that is given back. */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []
  readonly #rested: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Resolves when one is free. */
  take(): Promise<void> {
    return this.#take(this.#waiting)
  }

  /** The same for who comes back from a rest: before all who have not begun. */
  takeAgain(): Promise<void> {
    return this.#take(this.#rested)
  }

  give(): void {
    const next = this.#rested.shift() ?? this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }

  #take(line: (() => void)[]): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve()
    }
    return new Promise(resolve => line.push(resolve))
  }
}
