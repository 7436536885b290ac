import type { RunEvent } from '../contract/events.js'

/** Turns the events of a run into text; nothing of the harness is known to it but events. */
export interface Reporter {
  take(event: RunEvent): void
}

/** Where a reporter's text goes. */
export type Write = (text: string) => void
