import type { FindingReport } from '../contract/events.js'
import { lateProblem } from '../verdict/index.js'
import type { TestOutcome } from './run-test.js'

/** Adds what the kernel reported just after a test that had run alone on its machine. */
export function withAftermath(proof: TestOutcome, after: readonly FindingReport[]): TestOutcome {
  if (after.length === 0) return proof
  const problems = after.map(finding => lateProblem('a moment after it had ended, alone', finding))
  return {
    ...proof,
    status: 'fail',
    problems: [...proof.problems, ...problems],
    findings: [...proof.findings, ...after],
  }
}
