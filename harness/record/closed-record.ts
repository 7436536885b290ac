import {
  count,
  type Counts,
  type JobRef,
  type RunEvent,
  type RunStart,
} from '../contract/events.js'
import { exitCodeOf } from './exit-code.js'
import { eventLines } from './read.js'
import { columnName, RunProgress, type JobProgress } from './progress.js'
import { lostOf, sum, type TestResult } from './view.js'

/** An event and its line in the record; events that the reader adds have no line. */
export interface SettledEvent {
  readonly event: RunEvent
  readonly line?: string
}

/** A record after the first reading. */
export interface Settled {
  readonly start: RunStart
  readonly jobs: readonly JobRef[]
  /** All events, from the start. */
  readonly events: () => AsyncGenerator<SettledEvent>
}

interface Survey {
  readonly start: RunStart
  readonly progress: RunProgress
  /** Ends of jobs that had not ended. */
  readonly losses: readonly SettledEvent[]
  /** With the losses included. */
  readonly counts: Counts
  readonly lastAt: string
}

/**
 * Reads a record as if its run had not been interrupted: without events that a resume voided, with
 * one plan, and, if the run was cut off, with a `miss` for each lost test and an end. Reads
 * the file twice and holds only names of jobs and of tests that have not ended.
 *
 * @throws as {@link eventLines}
 */
export async function settle(folder: string): Promise<Settled> {
  const survey = await surveyed(folder)
  const jobs = [...survey.progress.jobs.values()].map(({ ref }) => ref)
  return { start: survey.start, jobs, events: () => settled(folder, survey, jobs) }
}

async function* settled(
  folder: string,
  survey: Survey,
  plan: readonly JobRef[],
): AsyncGenerator<SettledEvent> {
  const { progress, losses } = survey
  let index = -1
  let closed = false
  for await (const { event, line } of eventLines(folder)) {
    index++
    if (event.type === 'plan' || !progress.holds(event, index)) continue
    if (isOfRun(event)) {
      if (!closed) yield* losses
      closed = true
    }
    // The run's own counts lack the jobs that were ended here.
    if (event.type === 'run-end' && losses.length > 0) yield { event: cutOff(survey) }
    else yield { event, line }
    if (event.type === 'run-start') yield { event: { type: 'plan', jobs: plan } }
    if (event.type === 'run-end') return
  }
  if (!closed) yield* losses
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
  const { jobs, failed } = progress
  const isOpen = ({ ref, ended }: JobProgress): boolean => !ended && !failed.has(columnName(ref))
  const losses = [...jobs.values()].flatMap(job =>
    isOpen(job) ? endOf(job, progress.done(job.ref.id)) : [],
  )
  let counts = sum(...[...jobs.values()].map(job => job.counts))
  for (const { event } of losses)
    if (event.type === 'test-end') counts = count(counts, event.status)
  for (const status of failed.values()) counts = count(counts, status)
  return { start, progress, losses, counts, lastAt }
}

/** Ends a job that had not ended. */
function endOf({ ref, planned, counts }: JobProgress, done: ReadonlySet<string>): SettledEvent[] {
  const missed: TestResult[] = lostOf(ref.id, planned, done)
  const all = missed.reduce((sum, { status }) => count(sum, status), counts)
  const end: RunEvent = { type: 'job-end', job: ref.id, durationMs: 0, counts: all }
  return [...missed, end].map(event => ({ event }))
}

function cutOff({ start, counts, lastAt }: Survey): RunEvent {
  const durationMs = Date.parse(lastAt) - Date.parse(start.at)
  const exitCode = exitCodeOf(counts)
  return { type: 'run-end', at: lastAt, durationMs, counts, exitCode, interrupted: true }
}
