import type { RecordedRequest } from '../contract/events.js'

/**
 * Whether a run is of whole suites: neither of selected tests, nor without machines, nor a replay.
 * Only such runs become `latest` and enter the history.
 */
export const isWholeRun = (request: RecordedRequest | undefined): boolean =>
  request?.grep === undefined && request?.replayOf === undefined && request?.buildOnly !== true
