import type { Problem } from '../contract/events.js'
import { problemOf } from './attempt.js'

/** Unhandled rejections and uncaught exceptions of a suite; the running test fails for them. */
export class StrayErrors {
  #problems: Problem[] = []

  /** Listens until this process ends. */
  constructor() {
    for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
      process.on(event, (error: unknown) => {
        const { message, ...rest } = problemOf(error, 'stray')
        this.#problems.push({
          ...rest,
          message: `uncaught error of this test or an earlier one: ${message}`,
        })
      })
    }
  }

  take(): Problem[] {
    return this.#problems.splice(0)
  }
}
