import type { FindingReport, RunEvent } from '../../contract/events.js'
import type { Mutant } from './mutant.js'
import { promisesOf } from '../../platform/promises.js'
import { SUITE_END } from '../../contract/test-names.js'

type TestEnd = Extract<RunEvent, { type: 'test-end' }>

/** What a test that failed on a mutated module says of the mutant. */
export interface Kill {
  /**
   * - `catcher`: the named test failed, with the named finding where one is named;
   * - `better`: not as named, but a finding points at the changed lines, or the test is of the same promise;
   * - `unrelated`: nothing ties the failure to the change.
   */
  readonly by: 'catcher' | 'better' | 'unrelated'
  readonly test: string
  /** The finding that decided it, or else the first. */
  readonly finding?: FindingReport
}

/**
 * Whether a failed test killed the mutant, and by what right.
 *
 * @param promised promises of the tests that the mutant's header names
 */
export function judge(mutant: Mutant, end: TestEnd, promised: ReadonlySet<string>): Kill {
  const findings = end.findings.filter(finding => finding.allowed === undefined)
  const isNamed = mutant.catcher.test(end.test)
  const named = findings.find(({ kind }) => mutant.findings.includes(kind))
  const [first] = findings
  const kill = (by: Kill['by'], finding: FindingReport | undefined): Kill => ({
    by,
    test: end.test,
    ...(finding === undefined ? {} : { finding }),
  })
  if (mutant.findings.length === 0 && isNamed) return kill('catcher', first)
  // What leaks is found when a suite has ended.
  if (named !== undefined && (isNamed || end.test === SUITE_END)) return kill('catcher', named)
  const there = findings.find(finding => isAtChange(mutant, finding))
  if (there !== undefined) return kill('better', there)
  const same = promisesOf(end.test).some(promise => promised.has(promise))
  return kill(same ? 'better' : 'unrelated', first)
}

/** Whether a finding, or any frame of its traces, is in lines that the patch changes. */
function isAtChange(mutant: Mutant, { location, trace }: FindingReport): boolean {
  const lines = [location, ...trace.map(line => ('location' in line ? line.location : undefined))]
  return mutant.places.some(({ file, first, last }) =>
    lines.some(
      at => at?.file === `${mutant.module}/${file}` && at.line >= first && at.line <= last,
    ),
  )
}
