import type { z } from 'zod'
import type { Data } from './data.js'
import type * as schemas from './event-schema.js'

/** Version of the shapes of events; a reader refuses a record with a newer one. */
export const SCHEMA = 3

type Of<Schema extends z.ZodType> = Data<z.infer<Schema>>

/**
 * - `pass`, `fail`: the module did, or did not do, what the test says;
 * - `skip`: the test says that it does not apply here, and why;
 * - `error`: the harness or its machine failed, so nothing is known of the module;
 * - `miss`: planned, and not run.
 */
export type Status = Of<typeof schemas.status>

/** One suite file on one kernel: the unit that is scheduled. */
export type JobRef = Of<typeof schemas.jobRef>

/** A line of a source, its file relative to the project: `module/ring.c`. */
export type SourceLine = Of<typeof schemas.sourceLine>

/** One frame of a call trace. */
export type TraceFrame = Of<typeof schemas.traceFrame>

/** One line of what is shown of a finding's stacks. */
export type TraceLine = Of<typeof schemas.traceLine>

/** What the kernel log said, as reports show it; plain data. */
export type FindingReport = Of<typeof schemas.finding>

/** What speaks against a test, or keeps its verdict from being known. */
export type ProblemKind = Of<typeof schemas.problemKind>

/** One assertion that did not hold, or one rule that the harness found broken. */
export type Problem = Of<typeof schemas.problem>

/** How many points of failure one system call had, each of which was made to fail once. */
export type FaultSweep = Of<typeof schemas.sweep>

/** A try of a test that did not pass, of a test that did when it was tried again on a fresh machine. */
export type FailedTry = Of<typeof schemas.failedTry>

/** What is known of the machine that a run ran on, to explain why another run went otherwise. */
export type Host = Of<typeof schemas.host>

/** What is tested, whatever its sources say now: history goes by it. */
export type Subject = Of<typeof schemas.subject>

/** What a run was asked for: enough to run it again. */
export type Request = Of<typeof schemas.request>

/** What became of a test on one kernel and flavour since another run. A test that is as it was, has none. */
export type TestChange = Of<typeof schemas.testChange>
export type Change = TestChange['change']

export type Counts = Of<typeof schemas.counts>

/** How many there are, and how many were executed. */
export type Share = Of<typeof schemas.share>

/** What was executed of one source file. */
export type CoveredFile = Of<typeof schemas.coveredFile>

/** All durations are in milliseconds of a monotonic clock; `at` is ISO 8601 in UTC. */
export type RunEvent = {
  [Type in keyof typeof schemas.events]: Of<(typeof schemas.events)[Type]>
}[keyof typeof schemas.events]

export const noCounts: Counts = { pass: 0, fail: 0, skip: 0, error: 0, miss: 0, flaky: 0 }

/** Adds one test's result to counts. */
export function count(counts: Counts, status: Status, flaky = false): Counts {
  return { ...counts, [status]: counts[status] + 1, flaky: counts.flaky + (flaky ? 1 : 0) }
}
