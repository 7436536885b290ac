import type { Problem } from '../contract/events.js'
import { problemOf } from './attempt.js'

/** Errors that nobody awaited: promises a suite left behind, throws in its timers. The running test answers for them. */
export class StrayErrors {
  #problems: Problem[] = []

  /** Listens to this process until it ends. */
  constructor() {
    for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
      process.on(event, (error: unknown) => {
        const { message, ...rest } = problemOf(error, 'stray')
        this.#problems.push({
          ...rest,
          message: `nobody caught an error, of this test or of one before it: ${message}`,
        })
      })
    }
  }

  take(): Problem[] {
    return this.#problems.splice(0)
  }
}
