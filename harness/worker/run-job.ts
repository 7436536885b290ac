import { readFile } from 'node:fs/promises'
import { ModproveError } from '../platform/errors.js'
import { namedIn, optionsIn } from '../platform/text/kernel-config.js'
import { FindingReports } from '../session/finding-reports.js'
import type { Job } from '../session/job.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import { openSession } from '../session/start/open-session.js'
import type { SuiteDefinition, TestDefinition } from '../suite-api/registry.js'
import { problemOf, verdictOfProblems } from '../verdict/index.js'
import { checkKconfig } from './check-kconfig.js'
import { checkModules } from './check-modules.js'
import { endJob } from './end-job.js'
import { JobMachine, type JobParts } from './job-machine.js'
import { JobResults } from './job-results.js'
import type { JobContext, JobSite } from './job-site.js'
import { LateFindings } from './late-findings.js'
import { LeftByLoading } from './left-by-loading.js'
import { loadSuite } from './load-suite.js'
import { unmetNeed, type TestedKernel } from './needs.js'
import { ofBuild } from './of-build.js'
import { isSound, notRun, type TryResult } from './try-result.js'
import { runAfterOthers } from './run-after-others.js'
import { runTest } from './run-test.js'
import { suiteEnd } from './suite-end.js'
import { modulesOf } from './test-modules.js'

const real: JobParts = { open: openSession, runTest, suiteEnd }

/**
 * Runs one suite file: its tests one after another on one machine. If the machine dies, only its
 * test fails; the rest of the file continues on a fresh one.
 *
 * @throws ModproveError for what would fail every job (exit 3), or the signal's reason
 */
export async function runJob(job: Job, context: JobContext, parts = real): Promise<void> {
  const config = await readFile(job.kernelConfig, 'utf8')
  const kernel = { ...job.ref, options: optionsIn(config), known: namedIn(config) }
  const suite = await load(job, kernel, context)
  if (suite === undefined) return
  const grep = new RegExp(job.grep ?? '')
  const left = job.remaining && new Set(job.remaining.tests)
  const tests = suite.tests.filter(({ name }) => grep.test(name) && left?.has(name) !== false)
  if (tests.length === 0 && left === undefined) return
  context.emit({
    type: 'job-start',
    job: job.ref.id,
    at: new Date().toISOString(),
    title: suite.title,
    tests: [...tests.map(test => test.name), SUITE_END],
  })
  const results = new JobResults(job, suite.title, context.emit)
  const late = new LateFindings(job.remaining?.late ?? [], context.tellLate)
  const reports = new FindingReports(job, context.signal)
  const site = { ...context, job, kernel, suite, tests, reports, results, late }
  await using machine = new JobMachine(site, parts)
  await runTests(site, machine)
  await keepUp(site, machine)
}

/** The file's declarations; undefined if loading failed, which is then the file's result. */
async function load(
  job: Job,
  kernel: TestedKernel,
  { emit, strays, signal }: JobContext,
): Promise<SuiteDefinition | undefined> {
  try {
    const suite = await loadSuite(job.project, job.file, job)
    await checkModules(suite, kernel, job)
    await checkKconfig(suite, kernel, job, signal)
    return suite
  } catch (error) {
    // A problem of the host, not of the file.
    if (error instanceof ModproveError && error.outcome === 'harness') throw error
    const { status, problems } = verdictOfProblems([problemOf(error), ...strays.take()])
    const result = { job: job.ref.id, test: WHOLE_FILE, attempt: 1, durationMs: 0, findings: [] }
    const overrun = error instanceof ModproveError && error.code === 'IMPORT_HANGS'
    emit({ type: 'test-end', ...result, status, problems, ...(overrun ? { overrun } : {}) })
    return undefined
  }
}

async function runTests(site: JobSite, machine: JobMachine): Promise<void> {
  const { job, suite, tests, results, late } = site
  const unloadable = new Map<string, string>()
  const left = new LeftByLoading(site, machine)
  const passed = suite.tests.filter(({ name }) => job.remaining?.passed.includes(name))
  for (const [at, test] of tests.entries()) {
    const result = await resultOf(test, site, machine, { unloadable, left })
    if (result.status === 'pass' && isSound(result)) passed.push(test)
    const { whyGivenUp } = results
    if (whyGivenUp !== undefined) {
      const missed = notRun('miss', whyGivenUp)
      for (const { name } of tests.slice(at + 1)) results.add(name, missed)
      results.add(SUITE_END, late.addTo(missed))
      return results.end()
    }
    // Where a guest does not boot twice, no other test would do better.
    if (result.cause === 'no-boot' || (results.failed && job.bail)) return
  }
  await endJob(passed, site, machine, left)
  await results.end()
}

/** Keeps the machine for its user, if that is wanted. */
async function keepUp(
  { job, results, keep }: JobSite,
  { session }: Pick<JobMachine, 'session'>,
): Promise<void> {
  const { ref, ssh } = job
  const isWanted = job.keep === 'always' || (job.keep === 'failed' && results.failed)
  if (session === undefined || !isWanted) return
  const options = '-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR'
  const place = `-p ${session.machine.sshPort} ${options} root@127.0.0.1`
  await keep({ job: ref.id, ssh: `ssh -i ${ssh.privateKeyFile} ${place}` })
}

/**
 * Runs one test, and reports its result.
 * @param of `unloadable`: modules that do not load, and the test that failed by it
 */
async function resultOf(
  test: TestDefinition,
  site: JobSite,
  machine: JobMachine,
  { unloadable, left }: { unloadable: Map<string, string>; left: LeftByLoading },
): Promise<TryResult> {
  const { kernel, suite, results } = site
  const { name, options } = test
  const modules = JSON.stringify(modulesOf(test, suite))
  const failed = unloadable.get(modules)
  const unmet =
    unmetNeed(suite.options.needs, kernel) ??
    unmetNeed(options.needs, kernel) ??
    results.failedOf(name, options.needs?.passed) ??
    (failed && `its modules do not load: see "${failed}"`)
  if (unmet !== undefined) {
    const result = notRun('skip', unmet)
    results.add(name, result)
    return result
  }
  if (site.job.onlyBuilt) {
    const result = await ofBuild(test, site.job)
    results.add(name, result)
    return result
  }
  results.begin(name)
  // What a test before it left may be why they do not load.
  const isFirst = machine.passed.length === 0
  const run = async () => left.withoutOf(await runAfterOthers(test, site, machine))
  const { result, attempt, flaky } = await machine.withRetries(name, run)
  results.add(name, result, attempt, flaky)
  const isRefused = result.loads?.some(({ isInTheWay }) => isInTheWay) === true
  if (isFirst && isRefused) unloadable.set(modules, name)
  // Each retry is on a fresh machine.
  machine.leaksUnseen ||= attempt > 1 && isSound(result)
  return result
}
