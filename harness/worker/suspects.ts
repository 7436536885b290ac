import type { LateReport } from '../contract/late.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { isAllowed } from '../verdict/index.js'
import { comesOf } from './consequence.js'
import type { JobMachine } from './job-machine.js'
import type { JobSite } from './job-site.js'
import { runAlone } from './run-alone.js'
import { isAmong, isSound } from './try-result.js'

/** Each needs a machine of its own, and a wait after it. */
const MOST_SUSPECTS = 5

const newestFirst = (passed: readonly TestDefinition[]): readonly TestDefinition[] =>
  passed.slice(-MOST_SUSPECTS).reverse()

/** A late report, and the test that causes it again when it runs alone. */
export interface Culprit {
  readonly name: string
  readonly report: LateReport
  /** It came after one that this test causes; not seen again itself. */
  readonly isConsequence?: true
}

/**
 * Looks for who brought late reports about, for `runAfterOthers` and `endJob`: tests that passed on
 * their machine run again alone, the newest first, until each report has its test. What takes
 * longer than the wait after each is not found.
 *
 * @param passed in the order in which they ran; the last few are tried
 * @returns in the order of the reports; none for a report that no test tried brings about
 */
export async function culpritsOf(
  reports: readonly LateReport[],
  passed: readonly TestDefinition[],
  { results }: Pick<JobSite, 'results'>,
  machine: JobMachine,
): Promise<readonly Culprit[]> {
  const names = new Map<LateReport, string>()
  const rootOf = (report: LateReport): LateReport | undefined =>
    [...names.keys()].find(root => comesOf(report, root))
  const isSettled = (report: LateReport): boolean =>
    isAllowed(report) || names.has(report) || rootOf(report) !== undefined
  for (const suspect of newestFirst(passed)) {
    // Of what is allowed alone none is sought: the suite fails anyway, and no leak is missed.
    if (reports.every(isSettled)) break
    const { name } = suspect
    results.note(`"${name}" runs again alone: what came late may be of it`)
    await machine.discard()
    const { seen } = await runAlone(suspect, machine)
    for (const report of reports)
      if (!names.has(report) && isAmong(seen, report)) names.set(report, name)
  }
  return reports.flatMap((report): Culprit[] => {
    const own = names.get(report)
    if (own !== undefined) return [{ name: own, report }]
    const root = rootOf(report)
    const name = root && names.get(root)
    return name === undefined ? [] : [{ name, report, isConsequence: true }]
  })
}

/**
 * The test after which another hangs again, where only these two run: of those that had passed
 * before it, the last few are tried, the newest first.
 */
export async function blockerOf(
  blocked: TestDefinition,
  passed: readonly TestDefinition[],
  { results }: Pick<JobSite, 'results'>,
  machine: JobMachine,
): Promise<string | undefined> {
  for (const suspect of newestFirst(passed)) {
    results.note(`"${blocked.name}" runs again after "${suspect.name}" alone: it may hang by that`)
    await machine.discard()
    if (!isSound(await machine.runTest(suspect))) continue
    if ((await machine.runTest(blocked)).stuckIn !== undefined) return suspect.name
  }
  return undefined
}
