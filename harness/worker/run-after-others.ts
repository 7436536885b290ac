import type { LateReport } from '../contract/late.js'
import { SILENT } from '../session/life/stuck.js'
import type { TestDefinition } from '../suite-api/registry.js'
import type { JobMachine } from './job-machine.js'
import type { JobSite } from './job-site.js'
import { comesOf } from './consequence.js'
import { runAlone } from './run-alone.js'
import { blockerOf, culpritsOf } from './suspects.js'
import { isAmong, isSound, reportedBy, type TryResult } from './try-result.js'

/**
 * One try of a test that may follow others on its machine; `runJob` calls it, again if it is to be
 * retried. What none of its processes caused may be late work of an earlier test, and what it waits
 * for may be held by one: the test then runs alone. What does not recur is reported at the suite's
 * end, as from the test before it that causes it alone, if one does.
 */
export async function runAfterOthers(
  test: TestDefinition,
  site: JobSite,
  machine: JobMachine,
): Promise<TryResult> {
  const { results, late } = site
  const { passed: before } = machine
  const gone = await machine.discardLost(test.name)
  if (gone !== undefined) await addLate(test.name, gone, before, site, machine)
  const { passed } = machine
  const first = await machine.runTest(test)
  const isBlocked = first.stuckIn !== undefined && first.stuckIn !== SILENT
  const isDoubtful = first.foreign === true || isBlocked
  if (!isDoubtful || passed.length === 0 || machine.session !== undefined) return first
  results.note(`"${test.name}" runs again alone: an earlier test may have caused its failure`)
  const { result, seen } = await runAlone(test, machine)
  if (isBlocked && isSound(result)) {
    const [problem] = first.problems
    const blocker = await blockerOf(test, passed, site, machine)
    const who =
      blocker === undefined
        ? 'a test before it left that so'
        : `"${blocker}" left that so: it hung again where only these two ran`
    const message = `"${test.name}" hung in ${first.stuckIn}, and passed when it ran again alone: ${who}`
    late.add({ ...problem, kind: 'late', message })
    return result
  }
  const reports = reportedBy(first.cause, first.findings)
  const own = reports.filter(report => isAmong(seen, report))
  const others = reports.filter(
    report => !own.includes(report) && !own.some(root => comesOf(report, root)),
  )
  // Leaks of earlier tests are gone with the machine.
  machine.leaksUnseen ||= first.cause !== undefined && others.length === 0
  await addLate(test.name, others, passed, site, machine)
  return result
}

/** Adds reports of tests before this one, each with the test that causes it, if known. */
async function addLate(
  during: string,
  reports: readonly LateReport[],
  passed: readonly TestDefinition[],
  site: JobSite,
  machine: JobMachine,
): Promise<void> {
  const culprits = await culpritsOf(reports, passed, site, machine)
  for (const { name, ...each } of culprits)
    site.late.add({ during, after: name, isProved: true, ...each })
  const others = reports.filter(each => culprits.every(({ report }) => report !== each))
  site.late.addReports(others, { during, after: passed.at(-1)?.name })
}
