import type { FindingReport, Problem, ProblemKind } from '../contract/events.js'
import { placeText, traceText } from '../platform/source-text.js'
import { timesText } from '../platform/text.js'
import type { Cause, Death } from './cause.js'
import { isOfWatchdogs, type Finding } from './finding.js'
import { isForeign } from './foreign.js'

/** All that decides what a test, or a suite's end, came to. */
export interface Facts {
  /** What speaks against it, in the order in which it is told. */
  readonly problems: readonly Problem[]
  /** What the kernel complained of, known false alarms among it. */
  readonly reports: readonly FindingReport[]
  /** The same, as it was read. */
  readonly findings: readonly Finding[]
  /** How its machine was lost. */
  readonly death?: Pick<Death, 'cause' | 'status'> | undefined
  /** Why it was skipped, by its own words. */
  readonly skipped?: string | undefined
  /** Milliseconds since somebody let the machine go on that had been stopped; Infinity where nobody had. */
  readonly sinceStillMs: number
}

export interface Verdict {
  readonly status: 'pass' | 'fail' | 'skip' | 'error'
  readonly problems: readonly Problem[]
  /** How the machine died, or why it cannot be trusted; it cannot serve another test. */
  readonly cause?: Cause | Unknown | 'stopped'
  readonly reason?: string
  /** It failed only for what no process of it did: threads of the kernel, interrupts, a restart without a word. */
  readonly foreign?: true
}

/** Kinds that say nothing of the module: where they stand alone, the result is not known. Strongest first. */
const UNKNOWN = ['log-lost', 'unguarded', 'not-asked'] as const satisfies readonly ProblemKind[]
type Unknown = (typeof UNKNOWN)[number]

const OF_THE_LOG: ReadonlySet<ProblemKind> = new Set<ProblemKind>(['finding', 'taint'])

/** Ends of a machine that a timer or a thread of an earlier test may have brought about. */
const SUDDEN: ReadonlySet<Cause> = new Set<Cause>(['panic', 'oops', 'guest-reset', 'guest-halted'])

/** When a machine goes on that was stopped, its clocks jump; for so long its watchdogs may take that for a stall. */
const STALLS_AFTER_MS = 60_000

/** What a test, or a suite's end, came to. */
export function verdictOf(facts: Facts): Verdict {
  const { problems, reports, findings, death, skipped, sinceStillMs } = facts
  if (death !== undefined) {
    const { cause } = death
    const status = statusAfterDeath(death, reports)
    const isSudden = status === 'fail' && SUDDEN.has(cause) && findings.every(isForeign)
    return { status, cause, problems, ...(isSudden ? { foreign: true } : {}) }
  }
  const kinds = new Set(problems.map(({ kind }) => kind))
  const unknown = UNKNOWN.filter(kind => kinds.delete(kind))
  // Nothing else speaks against it, and what may have is not known: no failure, and no pass.
  const [cause] = unknown
  if (cause !== undefined && kinds.size === 0) return { status: 'error', cause, problems }
  const isOfLog = problems.length > 0 && problems.every(({ kind }) => OF_THE_LOG.has(kind))
  if (isOfLog && sinceStillMs < STALLS_AFTER_MS && reports.every(isOfStop)) {
    const stopped = [stoppedProblem(sinceStillMs), ...problems]
    return { status: 'error', cause: 'stopped', problems: stopped }
  }
  if (problems.length > 0) {
    const foreign = isOfLog && findings.length > 0 && findings.every(isForeign)
    return { status: 'fail', problems, ...(foreign ? { foreign } : {}) }
  }
  if (skipped !== undefined) return { status: 'skip', reason: skipped, problems }
  return { status: 'pass', problems }
}

/**
 * What a test comes to whose machine was lost. What the kernel complained of holds, whatever became of the machine after
 * it: a use after free may well take the connection with it. Only its watchdogs may complain of what took the machine,
 * where no line of the module is in what they found.
 */
export const statusAfterDeath = (
  { status }: Pick<Death, 'status'>,
  reports: readonly Pick<FindingReport, 'allowed' | 'location' | 'kind'>[],
): Death['status'] =>
  reports.some(
    ({ allowed, location, kind }) =>
      allowed === undefined && (location !== undefined || !isOfWatchdogs(kind)),
  )
    ? 'fail'
    : status

/** Whether a machine that was stopped is all that may be behind it. */
const isOfStop = ({ kind, allowed }: FindingReport): boolean =>
  allowed !== undefined || isOfWatchdogs(kind)

const stoppedProblem = (sinceStillMs: number): Problem => ({
  kind: 'stopped',
  message: `the machine was stopped until ${Math.ceil(sinceStillMs / 1000)} s before: what its watchdogs say may be of that alone`,
})

/** A problem for each finding that is no known false alarm. */
export const findingProblems = (reports: readonly FindingReport[]): Problem[] =>
  reports
    .filter(({ allowed }) => allowed === undefined)
    .map(({ kind, title, location, trace, count }) => {
      const place = location === undefined ? '' : ` at ${placeText(location)}`
      return {
        kind: 'finding',
        message: `the kernel log has a finding: ${kind}: ${title}${place}${timesText(count)}`,
        ...(trace.length === 0 ? {} : { detail: trace.map(traceText).join('\n') }),
      }
    })

/** What is said of records that the kernel overwrote before they were read. */
export const lostProblem = (count: number, reports: string): Problem => ({
  kind: 'log-lost',
  message: `${count} records of the kernel's log were lost: what it complained of in them is not known`,
  ...(reports === '' ? {} : { detail: reports }),
})
