import { SUITE_END } from '../contract/test-names.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { lateProblem } from '../verdict/index.js'
import type { JobMachine } from './job-machine.js'
import type { JobSite } from './job-site.js'
import type { LeftByLoading } from './left-by-loading.js'
import { culpritsOf } from './suspects.js'
import { onlyLoading } from './tested-machine.js'
import { asEnd, isSound, mergeEnds, notRun, reportedBy, type TryResult } from './try-result.js'

/**
 * The result of the suite's end: late reports, and what {@link JobMachine.suiteEnd} finds on each
 * machine.
 * @param passed tests that may have caused what is found
 * @param left takes away what the basics tell
 */
export async function endJob(
  passed: readonly TestDefinition[],
  site: JobSite,
  machine: JobMachine,
  left: LeftByLoading,
): Promise<void> {
  const { job, results, late } = site
  results.begin(SUITE_END)
  const isAgain = machine.leaksUnseen && passed.length > 0
  if (machine.session === undefined && machine.ends.length === 0 && !isAgain) {
    const why = machine.wasUsed ? 'each was thrown away after a failed test' : 'no test needed one'
    const skipped = notRun('skip', `there is no machine to look for leaks on: ${why}`)
    return results.add(SUITE_END, late.addTo(skipped))
  }
  const { result, attempt, flaky } = await machine.withRetries(SUITE_END, async attempt => {
    const again = attempt > 1 || isAgain ? await runOnceMore(passed, machine) : undefined
    const last = again ?? (await endOnArmed(passed, machine))
    return left.withoutAtEnd(mergeEnds(machine.ends, last))
  })
  const blamed = results.blamedFor(result)
  if (blamed !== undefined) {
    const same = notRun('skip', `fails only by the same as "${blamed}"`)
    return results.add(SUITE_END, late.addTo(same))
  }
  if (result.foreign === true && job.keep === undefined)
    await addCulprits(result, passed, site, machine)
  results.add(SUITE_END, late.addTo(result), attempt, flaky)
}

/** Adds which tests cause what came after all had ended. */
async function addCulprits(
  { cause, findings }: TryResult,
  passed: readonly TestDefinition[],
  site: JobSite,
  machine: JobMachine,
): Promise<void> {
  const reports = reportedBy(cause, findings)
  const culprits = await culpritsOf(reports, passed, site, machine)
  for (const { name, report, isConsequence } of culprits) {
    if (isConsequence) continue
    const { kind, message } = lateProblem(`"${name}" causes it again alone`, report)
    site.late.add({ kind, message })
  }
}

/** Runs the passed tests once more. @returns the first that does not pass now */
async function runOnceMore(
  passed: readonly TestDefinition[],
  machine: JobMachine,
): Promise<TryResult | undefined> {
  machine.ends = []
  for (const test of passed) {
    const result = await machine.runTest(test)
    if (!isSound(result)) {
      const { problems, ...end } = asEnd(result)
      const named = problems.map(problem => {
        return { ...problem, message: `"${test.name}", run once more: ${problem.message}` }
      })
      return { ...end, problems: named }
    }
  }
  return undefined
}

/** The end on a machine whose checks are on: a fresh one, if a test spent the last one's. */
async function endOnArmed(
  passed: readonly TestDefinition[],
  machine: JobMachine,
): Promise<TryResult> {
  if (machine.session === undefined && machine.ends.length > 0) {
    const loaded = await machine.runTest(onlyLoading(passed.at(-1)?.options))
    if (loaded.status !== 'pass') return asEnd(loaded)
  }
  return machine.suiteEnd()
}
