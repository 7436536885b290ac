import type { Request } from '../contract/events.js'

/**
 * Whether a run is of whole suites and of its own: neither of tests by name, nor a replay. Only such a run becomes `latest`
 * and enters the history.
 */
export const isWholeRun = (request: Request | undefined): boolean =>
  request?.grep === undefined && request?.replayOf === undefined
