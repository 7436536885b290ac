import type { z } from 'zod'
import type { Data } from './data.js'
import type { events } from './event-schema.js'
import type * as results from './result-schema.js'
import type * as runs from './run-schema.js'

/** Version of the events' shapes; a reader refuses newer ones. */
export const SCHEMA = 4

type Of<Schema extends z.ZodType> = Data<z.infer<Schema>>

/**
 * - `pass`, `fail`: the module does, or does not do, what the test says;
 * - `skip`: the test does not apply here, and says why;
 * - `xfail`: it failed as expected, and says why that was expected;
 * - `error`: the harness or its machine failed, so there is no verdict on the module;
 * - `miss`: planned, and not run.
 */
export type Status = Of<typeof results.status>

/** One suite file on one kernel: the unit of scheduling. */
export type JobRef = Of<typeof runs.jobRef>

/** A line of a source, its file relative to the project: `module/ring.c`. */
export type SourceLine = Of<typeof results.sourceLine>

/** One frame of a call trace. */
export type TraceFrame = Of<typeof results.traceFrame>

/** One line of a finding's stacks. */
export type TraceLine = Of<typeof results.traceLine>

/** What the kernel log reported; plain data. */
export type FindingReport = Of<typeof results.finding>

/** The kind of a failure or of a lost verdict. */
export type ProblemKind = Of<typeof results.problemKind>

/** One failed assertion, or one broken rule of the harness. */
export type Problem = Of<typeof results.problem>

/** Points of failure of one system call; each was made to fail once. */
export type FaultSweep = Of<typeof results.sweep>

/** The first, failed try of a test that passed on a retry on a fresh machine. */
export type FailedTry = Of<typeof results.failedTry>

/** The machine of a run, to explain differences between runs. */
export type Host = Of<typeof runs.host>

/** Keys of what a run tests, and by what. */
export type Content = Of<typeof runs.content>

/** Identity of the module under test in the history, independent of its sources. */
export type Subject = Of<typeof runs.subject>

/** Folders in the repository: of the project, and of the module's sources. */
export type InRepository = Of<typeof runs.inRepository>

/** The request of a run: enough to run it again. */
export type RecordedRequest = Of<typeof runs.request>

/** The shard of a plan that a run has. */
export type Shard = Of<typeof runs.shard>

/** Change of a test on one kernel and flavour since another run; unchanged tests have none. */
export type TestChange = Of<typeof runs.testChange>
export type Change = TestChange['change']

export type Counts = Of<typeof runs.counts>

/** Total, and number executed. */
export type Share = Of<typeof runs.share>

/** Coverage of one source file. */
export type CoveredFile = Of<typeof runs.coveredFile>

/** All durations are in milliseconds of a monotonic clock; `at` is ISO 8601 in UTC. */
export type RunEvent = {
  [Type in keyof typeof events]: Of<(typeof events)[Type]>
}[keyof typeof events]

/** The event of a type. */
export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>
export type RunStart = EventOf<'run-start'>
export type TestEnd = EventOf<'test-end'>

export const noCounts: Counts = {
  pass: 0,
  fail: 0,
  skip: 0,
  xfail: 0,
  error: 0,
  miss: 0,
  flaky: 0,
}

/** Adds one test's result to counts. */
export function count(counts: Counts, status: Status, flaky = false): Counts {
  return { ...counts, [status]: counts[status] + 1, flaky: counts.flaky + (flaky ? 1 : 0) }
}

export function sum(...all: readonly Counts[]): Counts {
  const total = { ...noCounts }
  for (const counts of all) {
    for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key]
  }
  return total
}
