import { count, noCounts, type Counts, type JobRef, type RunEvent } from '../contract/events.js'
import { EXIT } from '../platform/errors.js'
import { eventLines } from './read.js'
import { isSettled, lostOf, sum, type TestResult } from './view.js'

/** An event as it stands in the record; what the reader adds has no line. */
export interface SettledEvent {
  readonly event: RunEvent
  readonly line?: string
}

interface JobState {
  readonly ref: JobRef
  /** What was said of it before this event is void. */
  since: number
  planned: readonly string[]
  /** Emptied when it ended. */
  readonly done: Set<string>
  counts: Counts
  ended: boolean
}

type RunStart = Extract<RunEvent, { type: 'run-start' }>

/** A record that was looked through. */
export interface Settled {
  readonly start: RunStart
  readonly jobs: readonly JobRef[]
  /** All events, from the start on. */
  events(): AsyncGenerator<SettledEvent>
}

interface Survey {
  readonly start: RunStart
  readonly jobs: ReadonlyMap<string, JobState>
  /** The event that counts of each column that was built, or could not be: by what it is and its name. */
  readonly columns: ReadonlyMap<string, number>
  /** Of the last event that says that the run goes on; 0 where there is none. */
  readonly resumed: number
  /** The ends of jobs that the run left open. */
  readonly losses: readonly SettledEvent[]
  /** With the losses. */
  readonly counts: Counts
  readonly lastAt: string
}

/** Those of one column, whose tests are lost by its build and not by the run's end. */
const columnName = ({ kernel, flavour }: Pick<JobRef, 'kernel' | 'flavour'>) =>
  `${kernel} ${flavour}`

/**
 * The events of a record as a run without a break would have told them: of what was said twice, since the run was
 * resumed, only what counts; one plan; and where the run was cut off, what that lost, and an end. The record is read
 * twice, and no more of it is held than the names of jobs, and of tests that are under way.
 *
 * @throws as {@link eventLines}
 */
export async function settle(folder: string): Promise<Settled> {
  const survey = await surveyed(folder)
  const jobs = [...survey.jobs.values()].map(({ ref }) => ref)
  return { start: survey.start, jobs, events: () => settled(folder, survey, jobs) }
}

async function* settled(
  folder: string,
  survey: Survey,
  plan: readonly JobRef[],
): AsyncGenerator<SettledEvent> {
  const { jobs, columns, resumed } = survey
  let index = -1
  let closed = false
  for await (const { event, line } of eventLines(folder)) {
    index++
    if (event.type === 'plan' || event.type === 'run-resume') continue
    if (event.type === 'run-start') {
      yield { event, line }
      yield { event: { type: 'plan', jobs: plan } }
    } else if (event.type === 'column' || event.type === 'build-failed') {
      if (columns.get(`${event.type} ${columnName(event)}`) === index) yield { event, line }
    } else if ('job' in event) {
      if (index > (jobs.get(event.job)?.since ?? Infinity)) yield { event, line }
    } else if (index >= resumed) {
      if (!closed) yield* survey.losses
      closed = true
      // What was left open has been ended here: the run's own counts do not have it.
      if (event.type === 'run-end' && survey.losses.length > 0) yield { event: cutOff(survey) }
      else yield { event, line }
      if (event.type === 'run-end') return
    }
  }
  if (!closed) yield* survey.losses
  yield { event: cutOff(survey) }
}

async function surveyed(folder: string): Promise<Survey> {
  let start: RunStart | undefined
  const jobs = new Map<string, JobState>()
  const columns = new Map<string, number>()
  let failed = new Map<string, 'fail' | 'error'>()
  let resumed = 0
  let lastAt = ''
  let index = -1
  const open = (ref: JobRef): void => {
    const rest = { planned: [], done: new Set<string>(), counts: noCounts, ended: false }
    jobs.set(ref.id, { ref, since: index, ...rest })
  }
  for await (const { event } of eventLines(folder)) {
    index++
    if ('at' in event) lastAt = event.at
    if (event.type === 'run-start') start = event
    else if (event.type === 'plan') for (const ref of event.jobs) open(ref)
    else if (event.type === 'run-resume') {
      resumed = index
      for (const name of failed.keys()) columns.delete(`build-failed ${name}`)
      failed = new Map()
      for (const job of [...jobs.values()]) if (!isSettled(job)) open(job.ref)
    } else if (event.type === 'column' || event.type === 'build-failed') {
      columns.set(`${event.type} ${columnName(event)}`, index)
      if (event.type === 'build-failed') failed.set(columnName(event), event.status)
    } else if ('job' in event) take(jobs.get(event.job), event)
  }
  for (const job of jobs.values()) if (failed.has(columnName(job.ref))) job.ended = true
  if (start === undefined) throw new Error('a record begins with run-start')
  const losses = [...jobs].flatMap(([id, job]) => (job.ended ? [] : endOf(id, job)))
  let counts = sum(...[...jobs.values()].map(job => job.counts))
  for (const status of failed.values()) counts = count(counts, status)
  return { start, jobs, columns, resumed, losses, counts, lastAt }
}

function take(job: JobState | undefined, event: RunEvent): void {
  if (job === undefined) return
  if (event.type === 'job-start') job.planned = event.tests
  else if (event.type === 'test-end') {
    job.done.add(event.test)
    job.counts = count(job.counts, event.status, event.flaky !== undefined)
  } else if (event.type === 'job-end') {
    job.ended = true
    job.planned = []
    job.done.clear()
  }
}

/** Ends a job that the run left open. */
function endOf(id: string, job: JobState): SettledEvent[] {
  const missed: TestResult[] = lostOf(id, job.planned, job.done)
  for (const { status } of missed) job.counts = count(job.counts, status)
  const end: RunEvent = { type: 'job-end', job: id, durationMs: 0, counts: job.counts }
  return [...missed, end].map(event => ({ event }))
}

function cutOff({ start, counts, lastAt }: Survey): RunEvent {
  const durationMs = Date.parse(lastAt) - Date.parse(start.at)
  const exitCode = exitCodeOf(counts)
  return { type: 'run-end', at: lastAt, durationMs, counts, exitCode, interrupted: true }
}

/** What a run exits with that was not interrupted: a verdict on the module comes before what is not known of it. */
export function exitCodeOf(counts: Counts): number {
  if (counts.fail > 0) return EXIT.failed
  return counts.error + counts.miss > 0 ? EXIT.harness : EXIT.passed
}
