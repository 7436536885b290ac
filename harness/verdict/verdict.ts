import type { FindingReport, Problem, ProblemKind, SourceLine } from '../contract/events.js'
import { locationText, traceText } from '../platform/text/source-text.js'
import { timesText } from '../platform/text/text.js'
import { STATUS_OF_CAUSE, type Cause, type LossOfResult } from './cause.js'
import { isOfWatchdogs } from './finding-kinds.js'
import type { Finding } from './finding.js'
import { whatIsLeft } from './outliving.js'
import { isForeign, rootOf } from './reader/foreign.js'

/** Everything that decides the result of a test or a suite's end. */
export interface VerdictFacts {
  /** Problems, in the order of display. */
  readonly problems: readonly Problem[]
  /** The kernel's reports, known false alarms included. */
  readonly reports: readonly FindingReport[]
  /** The same, as parsed. */
  readonly findings: readonly Finding[]
  /** How its machine was lost. */
  readonly death?: Pick<LossOfResult, 'cause' | 'location'> | undefined
  /** The test's own reason for skipping. */
  readonly skipped?: string | undefined
  /** Milliseconds since a stopped machine was resumed; Infinity if it was never stopped. */
  readonly sinceSuspendMs: number
}

export interface Verdict {
  readonly status: 'pass' | 'fail' | 'skip' | 'error'
  readonly problems: readonly Problem[]
  /** How the machine died, or why it cannot be trusted; it runs no further test. */
  readonly cause?: Cause | Unknown | 'stopped'
  readonly reason?: string
  /** Failed by a kernel thread, an interrupt, what came after those, or an unexplained restart. */
  readonly foreign?: true
}

/** Kinds that do not blame the module: alone, they make an error. Strongest first. */
const UNKNOWN = [
  'worker-lost',
  'no-boot',
  'log-lost',
  'unguarded',
  'not-asked',
] as const satisfies readonly ProblemKind[]
type Unknown = (typeof UNKNOWN)[number]

const OF_THE_LOG: ReadonlySet<ProblemKind> = new Set<ProblemKind>(['finding', 'taint'])

const OF_THE_END: ReadonlySet<ProblemKind> = new Set<ProblemKind>(['overrun', 'death'])

/** Ends that a timer or thread of an earlier test may have caused. */
const SUDDEN: ReadonlySet<Cause> = new Set<Cause>(['panic', 'oops', 'guest-reset', 'guest-halted'])

/** Ends that the kernel itself does not report. */
const SILENT_ENDS: ReadonlySet<Cause> = new Set<Cause>(['connection-lost', 'hang', 'timeout'])

/** After a resume clocks jump, and watchdogs may report stalls for this long. */
const STALLS_AFTER_MS = 60_000

/** The result of a test or of a suite's end. */
export function verdictOf(facts: VerdictFacts): Verdict {
  const { reports, findings, death, skipped, sinceSuspendMs } = facts
  const root = rootOf(findings)
  const problems = facts.problems.map(problem => located(problem, death?.location))
  if (death !== undefined) {
    const { cause } = death
    const status = statusAfterDeath(cause, reports)
    const foreign = status === 'fail' && isForeignEnd(cause, root)
    const isExplained = reports.some(report => report.allowed === undefined && !isOfStop(report))
    const inOrder = isExplained && SILENT_ENDS.has(cause) ? endLast(problems) : problems
    return { status, cause, problems: inOrder, ...(foreign ? { foreign } : {}) }
  }
  const kinds = new Set(problems.map(({ kind }) => kind))
  const unknown = UNKNOWN.filter(kind => kinds.delete(kind))
  // The result is unknown: neither a failure nor a pass.
  const [cause] = unknown
  if (cause !== undefined && kinds.size === 0) return { status: 'error', cause, problems }
  const isOfLog = problems.length > 0 && problems.every(({ kind }) => OF_THE_LOG.has(kind))
  if (isOfLog && sinceSuspendMs < STALLS_AFTER_MS && reports.every(isOfStop)) {
    const stopped = [stoppedProblem(sinceSuspendMs), ...problems]
    return { status: 'error', cause: 'stopped', problems: stopped }
  }
  if (problems.length > 0) {
    const foreign = isOfLog && root !== undefined && isForeign(root)
    return { status: 'fail', problems, ...(foreign ? { foreign } : {}) }
  }
  if (skipped !== undefined) return { status: 'skip', reason: skipped, problems }
  return { status: 'pass', problems }
}

/** What broke the kernel may end it in any way; of a watchdog, only suddenly. */
function isForeignEnd(cause: Cause, root: Finding | undefined): boolean {
  if (root === undefined) return SUDDEN.has(cause)
  return isForeign(root) && (SUDDEN.has(cause) || !isOfWatchdogs(root.kind))
}

/** A hang is a problem at the line where the task hangs. */
const located = (problem: Problem, at: SourceLine | undefined): Problem =>
  at !== undefined && OF_THE_END.has(problem.kind) ? { at, ...problem } : problem

/** What the kernel said explains such an end, and not the other way round. */
const endLast = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted((a, b) => Number(OF_THE_END.has(a.kind)) - Number(OF_THE_END.has(b.kind)))

/** The result of what has problems and no machine that could tell more. */
export const verdictOfProblems = (problems: readonly Problem[]): Verdict =>
  verdictOf({ problems, reports: [], findings: [], sinceSuspendMs: Infinity })

/**
 * The status of a test whose machine was lost. Kernel reports still count: a use-after-free may
 * break the connection. Watchdog reports count only if they name a line of the module, because
 * what ended the machine may also have caused the stall.
 */
export const statusAfterDeath = (
  cause: Cause,
  reports: readonly Pick<FindingReport, 'allowed' | 'location' | 'kind'>[],
): 'fail' | 'error' =>
  reports.some(
    ({ allowed, location, kind }) =>
      allowed === undefined && (location !== undefined || !isOfWatchdogs(kind)),
  )
    ? 'fail'
    : STATUS_OF_CAUSE[cause]

/** True if stopping the machine can explain the report. */
const isOfStop = ({ kind, allowed }: FindingReport): boolean =>
  allowed !== undefined || isOfWatchdogs(kind)

const stoppedProblem = (sinceSuspendMs: number): Problem => ({
  kind: 'stopped',
  message: `the machine was suspended until ${Math.ceil(sinceSuspendMs / 1000)} s ago: its watchdogs may have been triggered by that alone`,
})

/** `kasan: KASAN: use-after-free Read in ring_ioctl at module/ring.c:42` */
export const headOf = ({ kind, title, location }: FindingReport): string =>
  `${kind}: ${title}${location === undefined ? '' : ` at ${locationText(location)}`}`

const saidOf = (report: FindingReport): string =>
  report.kind === 'outliving'
    ? `left behind by the modules: ${whatIsLeft(report)}`
    : `the kernel log has a finding: ${headOf(report)}`

/** One problem per finding that is not allowed. */
export const findingProblems = (reports: readonly FindingReport[]): Problem[] =>
  reports
    .filter(({ allowed }) => allowed === undefined)
    .map(report => ({
      kind: 'finding',
      message: `${saidOf(report)}${timesText(report.count)}`,
      ...(report.trace.length === 0 ? {} : { detail: report.trace.map(traceText).join('\n') }),
    }))

/** The problem for records that were overwritten before they were read. */
export const lostProblem = (count: number, onConsole: number): Problem => ({
  kind: 'log-lost',
  message: `${count} records of the kernel's log were lost, ${
    onConsole === 0
      ? 'with any report in them'
      : `and any report in them is read from the console, which has ${onConsole} lines of them`
  }`,
})
