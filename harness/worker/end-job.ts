import { SUITE_END } from '../contract/test-names.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { lateProblem } from '../verdict/index.js'
import { onlyLoading, type JobMachine } from './job-machine.js'
import type { JobSite } from './job-site.js'
import { culpritOf } from './suspects.js'
import { isSound, mergeEnds, notRun, reportedBy, type TryResult } from './try-result.js'

/**
 * The verdict on the suite's end: late reports, and leaks.
 * @param passed tests that may have caused what is found
 */
export async function endJob(
  passed: readonly TestDefinition[],
  site: JobSite,
  machine: JobMachine,
): Promise<void> {
  const { job, results, late, keep: keepUp } = site
  results.begin(SUITE_END)
  const isAgain = machine.leaksUnseen && passed.length > 0
  const isUnknown = machine.session === undefined && machine.ends.length === 0 && !isAgain
  if (isUnknown)
    results.add(SUITE_END, late.addTo(notRun('skip', 'no machine ran to the end of the suite')))
  else {
    const suspects = passed.toReversed()
    const { result, attempt, flaky } = await machine.tries(SUITE_END, async attempt => {
      const again = attempt > 1 || isAgain ? await rerun(passed, machine) : undefined
      return mergeEnds(machine.ends, again ?? (await endOnArmed(passed, machine)))
    })
    if (result.foreign === true && job.keep === undefined)
      await nameCulprit(result, suspects, site, machine)
    results.add(SUITE_END, late.addTo(result), attempt, flaky)
  }
  results.end()
  const { keep, ref, ssh } = job
  if (machine.session === undefined) return
  if (keep !== 'always' && (keep !== 'failed' || !results.failed)) return
  const options = '-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR'
  const place = `-p ${machine.session.machine.sshPort} ${options} root@127.0.0.1`
  await keepUp({ job: ref.id, ssh: `ssh -i ${ssh.privateKeyFile} ${place}` })
}

/** Tells which test causes what came after all had ended. */
async function nameCulprit(
  { cause, findings }: TryResult,
  suspects: readonly TestDefinition[],
  { results, late }: JobSite,
  machine: JobMachine,
): Promise<void> {
  const culprit = await culpritOf(reportedBy(cause, findings), suspects, results, machine)
  for (const finding of culprit?.proved ?? []) {
    const { kind, message } = lateProblem(`"${culprit?.name}" causes it again alone`, finding)
    late.tell({ kind, message })
  }
}

/** Runs the passed tests once more. @returns the first that does not pass now */
async function rerun(
  passed: readonly TestDefinition[],
  machine: JobMachine,
): Promise<TryResult | undefined> {
  machine.ends = []
  for (const test of passed) {
    const result = await machine.runTest(test)
    if (!isSound(result)) return { ...result, tap: '' }
  }
  return undefined
}

/**
 * The end on a machine whose checks are on. If the last machine was discarded because its checks
 * were off, a fresh one loads the modules, and runs no test.
 */
async function endOnArmed(
  passed: readonly TestDefinition[],
  machine: JobMachine,
): Promise<TryResult> {
  if (machine.session === undefined && machine.ends.length > 0) {
    const loaded = await machine.runTest(onlyLoading(passed.at(-1)?.options))
    if (loaded.status !== 'pass') return { ...loaded, tap: '' }
  }
  return machine.suiteEnd()
}
