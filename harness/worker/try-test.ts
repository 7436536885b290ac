import type { LateReport } from '../contract/late.js'
import { SILENT } from '../session/life/stuck.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { isAllowed } from '../verdict/index.js'
import type { JobMachine } from './job-machine.js'
import type { JobSite } from './job-site.js'
import { isSound, reportedBy, withAftermath, type TryResult } from './try-result.js'

/**
 * The verdict on a test that may follow others on its machine. What none of its processes caused
 * may be late work of an earlier test, and what it waits for may be held by one: the test is then
 * tried alone. What does not recur is reported at the suite's end, as from the test before it if
 * that test causes it alone.
 */
export async function tryTest(
  test: TestDefinition,
  { suite, results, late }: JobSite,
  machine: JobMachine,
): Promise<TryResult> {
  await machine.discardLost(test.name)
  const before = machine.last
  const first = await machine.runTest(test)
  const isBlocked = first.stuckIn !== undefined && first.stuckIn !== SILENT
  const isDoubtful = first.foreign === true || isBlocked
  if (!isDoubtful || before === undefined || machine.session !== undefined) return first
  results.note(`"${test.name}" runs again alone: an earlier test may have caused its failure`)
  const { result, seen } = await tryAlone(test, machine)
  if (isBlocked && isSound(result)) {
    const [problem] = first.problems
    const message = `"${test.name}" hung in ${first.stuckIn}, and does not alone: a test before it left that so`
    late.tell({ ...problem, kind: 'late', message })
    return result
  }
  const others = reportedBy(first.cause, first.findings).filter(report => !isAmong(seen, report))
  // Leaks of earlier tests are gone with the machine.
  machine.leaksUnseen ||= first.cause !== undefined && others.length === 0
  const suspect = suite.tests.find(({ name }) => name === before)
  const isTold = others.some(report => !isAllowed(report))
  const proved = isTold && suspect !== undefined ? await provedOf(suspect, results, machine) : []
  const isProved = (report: LateReport): boolean => isAmong(proved, report)
  late.add(test.name, others.filter(isProved), before, true)
  late.add(
    test.name,
    others.filter(report => !isProved(report)),
    before,
  )
  return result
}

/** What a test that passed causes alone. The suite fails anyway: no leak is missed. */
async function provedOf(
  suspect: TestDefinition,
  results: JobSite['results'],
  machine: JobMachine,
): Promise<readonly LateReport[]> {
  results.note(`"${suspect.name}" runs again alone: it had just ended`)
  await machine.discard()
  return (await tryAlone(suspect, machine)).seen
}

/** A test on a fresh machine, with all that the kernel says until a moment after it. */
async function tryAlone(
  test: TestDefinition,
  machine: JobMachine,
): Promise<{ readonly result: TryResult; readonly seen: readonly LateReport[] }> {
  const alone = await machine.runTest(test)
  const after = await machine.aftermath()
  const seen = [...reportedBy(alone.cause, alone.findings), ...after]
  return { result: withAftermath(alone, after), seen }
}

const isAmong = (seen: readonly LateReport[], report: LateReport): boolean =>
  seen.some(each => nameOf(each) === nameOf(report))

/** The same for the same bug. */
const nameOf = (report: LateReport): string =>
  'cause' in report ? report.cause : `${report.kind}: ${report.title}`
