import type { FaultSweep, FindingReport, Problem, Status } from '../contract/events.js'
import { lateProblem, type Verdict } from '../verdict/index.js'

/** The outcome of one try of one test, or of a suite's end. */
export interface TestOutcome extends Omit<Verdict, 'cause' | 'status'> {
  readonly status: Status
  readonly cause?: NonNullable<Verdict['cause']> | 'no-boot'
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
export function notRun(status: 'skip' | 'miss', reason: string): TestOutcome {
  return { status, problems: [], findings: [], tap: '', durationMs: 0, reason }
}

/** Whether the machine may serve the next test. */
export const isSound = ({ status }: TestOutcome): boolean => status === 'pass' || status === 'skip'

/** An outcome that fails of these, too. */
export const failedBy = (
  outcome: TestOutcome,
  problems: readonly Problem[],
  findings: readonly FindingReport[],
): TestOutcome => ({
  ...outcome,
  status: 'fail',
  problems: [...outcome.problems, ...problems],
  findings: [...outcome.findings, ...findings],
})

/** Adds what the kernel reported just after a test that had run alone on its machine. */
export function withAftermath(outcome: TestOutcome, after: readonly FindingReport[]): TestOutcome {
  if (after.length === 0) return outcome
  const problems = after.map(finding => lateProblem('a moment after it had ended, alone', finding))
  return failedBy(outcome, problems, after)
}

/** The kernel's reports, or that the machine ended without any. */
export const reportedBy = (
  cause: TestOutcome['cause'],
  findings: readonly FindingReport[],
): readonly FindingReport[] =>
  cause === undefined || findings.length > 0
    ? findings
    : [{ kind: cause, title: 'the machine ended without a word', trace: [], text: '' }]

const WORST_FIRST = ['fail', 'error', 'pass', 'skip'] as const

/** Merges a suite's ends on several machines. */
export function mergeEnds(earlier: readonly TestOutcome[], last: TestOutcome): TestOutcome {
  const all = [...earlier, last]
  const worst = WORST_FIRST.flatMap(status => all.filter(end => end.status === status))[0]
  return {
    ...(worst ?? last),
    problems: all.flatMap(({ problems }) => problems),
    findings: all.flatMap(({ findings }) => findings),
    durationMs: all.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
}
