import type { LateReport } from '../contract/late.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { lateProblem } from '../verdict/index.js'
import type { JobMachine } from './job-machine.js'
import { reportedBy, withLate, type TryResult } from './try-result.js'

/** What a test brings about by itself. */
interface AloneResult {
  readonly result: TryResult
  /** All that the kernel said until a moment after it. */
  readonly seen: readonly LateReport[]
}

/** Runs a test on a machine without a session, which then has a fresh one, and waits a moment. */
export async function runAlone(test: TestDefinition, machine: JobMachine): Promise<AloneResult> {
  const alone = await machine.runTest(test)
  const after = await machine.aftermath()
  const seen = [...reportedBy(alone.cause, alone.findings), ...after]
  return { result: withAftermath(alone, after), seen }
}

/** Adds what the kernel reported just after a test that had run alone on its machine. */
function withAftermath(result: TryResult, after: readonly LateReport[]): TryResult {
  if (after.length === 0) return result
  const problems = after.map(report => lateProblem('a moment after it had ended, alone', report))
  return withLate(result, problems, after)
}
