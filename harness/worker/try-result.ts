import type { FaultSweep, FindingReport, Problem, Status } from '../contract/events.js'
import type { LateReport } from '../contract/late.js'
import { lateProblem, verdictOfProblems, type Verdict } from '../verdict/index.js'

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
}

/** What did not run, and why. */
export function notRun(status: 'skip' | 'miss', reason: string): TryResult {
  return { status, problems: [], findings: [], tap: '', durationMs: 0, reason }
}

/** Whether the machine may serve the next test. */
export const isSound = ({ status }: TryResult): boolean => status === 'pass' || status === 'skip'

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

/** Adds what the kernel reported just after a test that had run alone on its machine. */
export function withAftermath(result: TryResult, after: readonly LateReport[]): TryResult {
  if (after.length === 0) return result
  const problems = after.map(report => lateProblem('a moment after it had ended, alone', report))
  return withLate(result, problems, after)
}

/** The kernel's reports, or that the machine ended without any. */
export const reportedBy = (
  cause: TryResult['cause'],
  findings: readonly FindingReport[],
): readonly LateReport[] => (cause === undefined || findings.length > 0 ? findings : [{ cause }])

const WORST_FIRST = ['fail', 'error', 'pass', 'skip'] as const

/** Merges a suite's ends on several machines. */
export function mergeEnds(earlier: readonly TryResult[], last: TryResult): TryResult {
  const all = [...earlier, last]
  const worst = WORST_FIRST.flatMap(status => all.filter(end => end.status === status))[0]
  return {
    ...(worst ?? last),
    problems: all.flatMap(({ problems }) => problems),
    findings: all.flatMap(({ findings }) => findings),
    durationMs: all.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
}
