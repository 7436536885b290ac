import type { RunEvent } from '../contract/events.js'

/** Turns a run's events into text; depends on nothing else of the harness. */
export interface Reporter {
  take(event: RunEvent): void
}

/** Writes a reporter's text. */
export type Write = (text: string) => void
