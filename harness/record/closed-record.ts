import type { JobRef, RunEvent, RunStart } from '../contract/events.js'
import { eventLines } from './read.js'
import { RunProgress, type JobProgress } from './run-progress.js'
import { CUT_OFF } from './misses.js'

/** An event and its line in the record; events that the reader adds have no line. */
export interface ClosedEvent {
  readonly event: RunEvent
  readonly line?: string
}

/** A record after the first reading. */
export interface ClosedRecord {
  readonly start: RunStart
  /** By id, as they ended. */
  readonly jobs: ReadonlyMap<string, JobProgress>
  /** All events, from the start. */
  readonly events: () => AsyncGenerator<ClosedEvent>
}

interface Survey {
  readonly start: RunStart
  /** As if the ends below had been recorded. */
  readonly progress: RunProgress
  /** Invented ends of jobs that had not ended. */
  readonly ends: readonly ClosedEvent[]
  readonly lastAt: string
}

/**
 * Reads a record as if its run had not been interrupted: without events that a resume voided, with
 * one plan, and, if the run was cut off, with a `miss` for each lost test and an end. Reads
 * the file twice and holds only names of jobs and of tests that have not ended.
 *
 * @throws as {@link eventLines}
 */
export async function readClosed(folder: string): Promise<ClosedRecord> {
  const survey = await surveyed(folder)
  const { jobs } = survey.progress
  const plan = [...jobs.values()].map(({ ref }) => ref)
  return { start: survey.start, jobs, events: () => closedEvents(folder, survey, plan) }
}

async function* closedEvents(
  folder: string,
  survey: Survey,
  plan: readonly JobRef[],
): AsyncGenerator<ClosedEvent> {
  const { progress, ends } = survey
  let index = -1
  let closed = false
  for await (const { event, line } of eventLines(folder)) {
    index++
    if (event.type === 'plan' || !progress.isValid(event, index)) continue
    if (isOfRun(event)) {
      if (!closed) yield* ends
      closed = true
    }
    // The run's own counts lack the jobs that were ended here.
    if (event.type === 'run-end' && ends.length > 0) yield { event: cutOff(survey) }
    else yield { event, line }
    if (event.type === 'run-start') yield { event: { type: 'plan', jobs: plan } }
    if (event.type === 'run-end') return
  }
  if (!closed) yield* ends
  yield { event: cutOff(survey) }
}

/** Events of the run as a whole, which follow its jobs. */
const isOfRun = ({ type }: RunEvent): boolean =>
  type === 'comparison' || type === 'coverage' || type === 'run-end'

async function surveyed(folder: string): Promise<Survey> {
  const progress = new RunProgress()
  let start: RunStart | undefined
  let lastAt = ''
  for await (const { event } of eventLines(folder)) {
    if (event.type === 'run-start') start = event
    if ('at' in event) lastAt = event.at
    progress.take(event)
  }
  if (start === undefined) throw new Error('a record begins with run-start')
  const ends = progress.endsOfOpenJobs(CUT_OFF)
  for (const event of ends) progress.take(event)
  return { start, progress, ends: ends.map(event => ({ event })), lastAt }
}

function cutOff({ start, progress: { counts, exitCode }, lastAt }: Survey): RunEvent {
  const durationMs = Date.parse(lastAt) - Date.parse(start.at)
  return { type: 'run-end', at: lastAt, durationMs, counts, exitCode, interrupted: true }
}
