import { isDeepStrictEqual } from 'node:util'
import type { FaultSweep, FindingReport, Problem, Status } from '../contract/events.js'
import type { LateReport } from '../contract/late.js'
import type { PointResult } from '../suite-api/registry.js'
import type { ModuleLoad } from '../session/modules/module-loads.js'
import { isAllowed, verdictOfProblems, type Verdict } from '../verdict/index.js'

/** The result of one try of one test, or of a suite's end. */
export interface TryResult extends Omit<Verdict, 'status'> {
  readonly status: Status
  readonly findings: readonly FindingReport[]
  readonly sweeps?: readonly FaultSweep[]
  /** Checks of the kernel that a known finding turned off before or during the test. */
  readonly unguarded?: readonly string[]
  /** The test's own TAP stream. */
  readonly tap: string
  readonly durationMs: number
  /** It exceeded its timeout. */
  readonly overrun?: boolean
  /** The function that it hung in, if known. */
  readonly stuckIn?: string
  /** Results of a program that is a suite by itself. */
  readonly points?: readonly PointResult[]
  /** Modules that were loaded for it or by it, or failed to. */
  readonly loads?: readonly ModuleLoad[]
  /** Why it was expected to fail, although it passed. */
  readonly xpass?: string
}

/** What did not run, and why. */
export function notRun(status: 'skip' | 'miss', reason: string): TryResult {
  return { status, problems: [], findings: [], tap: '', durationMs: 0, reason }
}

/** Whether the machine may serve the next test. */
export const isSound = (result: TryResult): boolean => ['pass', 'skip'].includes(endOf(result))

/** How it ended, its points included. */
export const endOf = ({ status, points = [] }: TryResult): Status =>
  (status === 'pass' || status === 'skip') && points.some(point => point.status === 'fail')
    ? 'fail'
    : status

/** A result with what was found after it. */
export function withLate(
  result: TryResult,
  late: readonly Problem[],
  reports: readonly LateReport[],
): TryResult {
  const problems = [...result.problems, ...late]
  const { status } = verdictOfProblems(problems)
  const findings = reports.flatMap(report => ('cause' in report ? [] : [report]))
  return { ...result, status, problems, findings: [...result.findings, ...findings] }
}

/** The kernel's reports, and that the machine ended if only known ones came with it. */
export const reportedBy = (
  cause: TryResult['cause'],
  findings: readonly FindingReport[],
): readonly LateReport[] =>
  cause !== undefined && findings.every(isAllowed) ? [...findings, { cause }] : findings

/** Removes duplicate problems and reports; a report is the same at another time. */
function eachOnce<T extends Problem | FindingReport>(told: readonly T[]): T[] {
  const keyOf = (each: Problem | FindingReport): string =>
    JSON.stringify('trace' in each ? [each.kind, each.title, each.trace, each.allowed] : each)
  return [...new Map(told.map(each => [keyOf(each), each])).values()]
}

/** All problems, those of its points included. */
export const problemsOf = ({ problems, points = [] }: TryResult): readonly Problem[] => [
  ...problems,
  ...points.flatMap(point => point.problems),
]

/** A test's result for the suite's end, which includes those of its points. */
export function asEnd({ points = [], ...own }: TryResult): TryResult {
  const whole = { ...own, points }
  return { ...own, tap: '', status: endOf(whole), problems: problemsOf(whole) }
}

const WORST_FIRST = ['fail', 'error', 'pass', 'skip'] as const

/** Merges a suite's ends on several machines. */
export function mergeEnds(earlier: readonly TryResult[], last: TryResult): TryResult {
  const all = [...earlier, last]
  const worst = WORST_FIRST.flatMap(status => all.filter(end => end.status === status))[0]
  return {
    ...(worst ?? last),
    problems: eachOnce(all.flatMap(({ problems }) => problems)),
    findings: eachOnce(all.flatMap(({ findings }) => findings)),
    durationMs: all.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
}

/** Whether a result fails only by what failed another, too. */
export const failsBySame = (result: TryResult, other: TryResult): boolean =>
  result.problems.every(({ kind }) => kind === 'finding' || kind === 'death') &&
  reportedBy(result.cause, result.findings).every(
    report => isAllowed(report) || isAmong(reportedBy(other.cause, other.findings), report),
  )

/** Whether the same bug was reported there: by its title, or of the same line of the module. */
export const isAmong = (seen: readonly LateReport[], report: LateReport): boolean =>
  seen.some(each => titleOf(each) === titleOf(report) || isAtItsLine(each, report))

const titleOf = (report: LateReport): string =>
  'cause' in report ? report.cause : `${report.kind}: ${report.title}`

/** A timer that is gone crashes who comes upon it first: each time another function. */
const isAtItsLine = (one: LateReport, other: LateReport): boolean =>
  !('cause' in one || 'cause' in other) &&
  one.location !== undefined &&
  one.kind === other.kind &&
  isDeepStrictEqual(one.location, other.location)
