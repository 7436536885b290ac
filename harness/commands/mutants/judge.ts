import { join } from 'node:path'
import type { FindingReport, TestEnd } from '../../contract/events.js'
import { defined } from '../../platform/pick.js'
import type { Mutant } from './mutant.js'
import { promisesOf } from '../../platform/names/promise-ids.js'
import { SUITE_END } from '../../contract/test-names.js'

/** How a failed test on a mutated module relates to the mutant. */
export interface Kill {
  /**
   * - `catcher`: a named test failed, with the named finding if there is one;
   * - `better`: another way, but a finding is at the changed lines, or a test of the same promise;
   * - `unrelated`: nothing connects the failure to the change.
   */
  readonly by: 'catcher' | 'better' | 'unrelated'
  readonly test: string
  /** The decisive finding, else the first. */
  readonly finding?: FindingReport
}

/**
 * Judges whether and how a failed test killed the mutant.
 * @param promised promises of the tests in the mutant's header
 */
export function judge(mutant: Mutant, end: TestEnd, promised: ReadonlySet<string>): Kill {
  const findings = end.findings.filter(finding => finding.allowed === undefined)
  const isNamed = mutant.catcher.test(end.test)
  const named = findings.find(({ kind }) => mutant.findings.includes(kind))
  const [first] = findings
  const kill = (by: Kill['by'], finding: FindingReport | undefined): Kill => ({
    by,
    test: end.test,
    ...defined({ finding }),
  })
  if (mutant.findings.length === 0 && isNamed) return kill('catcher', first)
  // Leaks are found at a suite's end.
  if (named !== undefined && (isNamed || end.test === SUITE_END)) return kill('catcher', named)
  const there = findings.find(finding => isAtChange(mutant, finding))
  if (there !== undefined) return kill('better', there)
  const same = promisesOf(end.test).some(promise => promised.has(promise))
  return kill(same ? 'better' : 'unrelated', first)
}

/** Whether a finding, or a frame of its traces, is in lines that the patch changes. */
function isAtChange(mutant: Mutant, { location, trace }: FindingReport): boolean {
  const lines = [location, ...trace.map(line => ('location' in line ? line.location : undefined))]
  return mutant.hunks.some(({ file, first, last }) =>
    lines.some(at => at?.file === join(mutant.module, file) && at.line >= first && at.line <= last),
  )
}
