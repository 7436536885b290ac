/** A semaphore. A job that was idle has priority when it comes back. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []
  readonly #returning: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Resolves when a turn is free. */
  acquire(): Promise<void> {
    return this.#take(this.#waiting)
  }

  /** The same for a job that gave its turn away: it goes before all that have not started. */
  reacquire(): Promise<void> {
    return this.#take(this.#returning)
  }

  release(): void {
    const next = this.#returning.shift() ?? this.#waiting.shift()
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
