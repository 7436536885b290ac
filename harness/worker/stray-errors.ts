import { AsyncLocalStorage } from 'node:async_hooks'
import type { Problem } from '../contract/events.js'
import { problemOf } from '../verdict/index.js'

/** Gets uncaught errors of what it started. @returns false if the running test is to fail */
type Owner = (error: unknown) => boolean

/**
 * Unhandled rejections and uncaught exceptions of a suite; the running test fails for them, unless
 * what threw was started by another.
 */
export class StrayErrors {
  readonly #owners = new AsyncLocalStorage<Owner>()
  #problems: Problem[] = []

  /** Listens until this process ends. */
  constructor() {
    for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
      process.on(event, (error: unknown) => {
        if (this.#owners.getStore()?.(error) === true) return
        const { message, ...rest } = problemOf(error, 'stray')
        this.#problems.push({
          ...rest,
          message: `uncaught error of this test or an earlier one: ${message}`,
        })
      })
    }
  }

  /** Does work; what its timers, promises and callbacks throw later goes to the owner. */
  of<T>(owner: Owner, work: () => T): T {
    return this.#owners.run(owner, work)
  }

  take(): Problem[] {
    return this.#problems.splice(0)
  }
}
