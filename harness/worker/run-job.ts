import { EXIT, ModproveError } from '../platform/errors.js'
import type { FindingReport } from '../contract/events.js'
import type { Job } from '../session/job.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import { openSession } from '../session/open-session.js'
import type { SuiteDefinition, TestDefinition } from '../suite-api/registry.js'
import { problemOf } from './attempt.js'
import type { JobContext } from './job-context.js'
import { JobMachine, type JobParts, type JobSite } from './job-machine.js'
import { JobResults } from './job-results.js'
import { LateFindings } from './late-findings.js'
import { loadSuite } from './load-suite.js'
import { checkFlavours, unmetNeed } from './needs.js'
import {
  isSound,
  mergeEnds,
  notRun,
  reportedBy,
  withAftermath,
  type TestOutcome,
} from './outcome.js'
import { runTest } from './run-test.js'
import { suiteEnd } from './suite-end.js'
import { inTries, type Tries } from './tries.js'

const real: JobParts = { open: openSession, prove: runTest, suiteEnd }

/**
 * Runs one suite file: its tests one after another on one machine. If the machine dies, only its
 * test fails; the rest of the file continues on a fresh one.
 *
 * @throws ModproveError for what would fail every job (exit 3), or the signal's reason
 */
export async function runJob(job: Job, context: JobContext, parts = real): Promise<void> {
  const suite = await load(job, context)
  if (suite === undefined) return
  const grep = new RegExp(job.grep ?? '')
  const left = job.rest && new Set(job.rest.tests)
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
  const late = new LateFindings(job.rest?.late ?? [], context.tellLate)
  const site = { job, suite, context, parts, results, late }
  await using machine = new JobMachine(site)
  await new JobRun(site, machine).run(tests)
}

/** The file's declarations; undefined if loading failed, which is then the file's result. */
async function load(job: Job, { emit, strays }: JobContext): Promise<SuiteDefinition | undefined> {
  try {
    const suite = await loadSuite(job.project, job.file)
    for (const { options } of [suite, ...suite.tests]) {
      checkFlavours(options.needs, job.knownFlavours)
    }
    return suite
  } catch (error) {
    // A problem of the host, not of the file.
    if (error instanceof ModproveError && error.exitCode === EXIT.harness) throw error
    const problems = [problemOf(error), ...strays.take()]
    const result = { job: job.ref.id, test: WHOLE_FILE, attempt: 1, durationMs: 0, findings: [] }
    const overrun = error instanceof ModproveError && error.code === 'IMPORT_HANGS'
    const end = { ...result, status: 'fail', problems, ...(overrun ? { overrun } : {}) } as const
    emit({ type: 'test-end', ...end })
    return undefined
  }
}

/** The tests of one job, and its suite's end. */
class JobRun {
  readonly #site: JobSite
  readonly #machine: JobMachine
  readonly #passed: TestDefinition[]

  constructor(site: JobSite, machine: JobMachine) {
    const { suite, job } = site
    this.#site = site
    this.#machine = machine
    this.#passed = suite.tests.filter(({ name }) => job.rest?.passed.includes(name))
  }

  async run(tests: readonly TestDefinition[]): Promise<void> {
    for (const [at, test] of tests.entries()) {
      const proof = await this.#test(test)
      const { hungAlike } = this.#site.results
      if (hungAlike !== undefined) return this.#leave(tests.slice(at + 1), hungAlike)
      // Where a guest does not boot twice, no other test would do better.
      if (proof.cause === 'no-boot' || (!isSound(proof) && this.#site.job.bail)) return
    }
    await this.#end()
  }

  /** Reports the remaining tests as not run. */
  #leave(tests: readonly TestDefinition[], reason: string): void {
    const proof = notRun('miss', reason)
    for (const { name } of tests) this.#site.results.addNotRun(name, proof)
    this.#site.results.addNotRun(SUITE_END, this.#site.late.addTo(proof))
    this.#site.results.end()
  }

  async #test(test: TestDefinition): Promise<TestOutcome> {
    const { name, options } = test
    const { ref } = this.#site.job
    const unmet = unmetNeed(this.#site.suite.options.needs, ref) ?? unmetNeed(options.needs, ref)
    if (unmet !== undefined) {
      const proof = notRun('skip', unmet)
      this.#site.results.addNotRun(name, proof)
      return proof
    }
    this.#site.results.begin(name)
    const tries = await this.#tries(name, () => this.#verdictOn(test))
    this.#site.results.add(name, tries)
    const { proof, attempt } = tries
    // Each retry is on a fresh machine.
    this.#machine.leaksUnseen ||= attempt > 1 && isSound(proof)
    if (proof.status === 'pass') this.#passed.push(test)
    return proof
  }

  /**
   * The verdict on a test that may follow others on its machine. A finding that none of its
   * processes caused may be late work of an earlier test: the test is then retried alone, and
   * findings that do not recur are reported at the suite's end.
   */
  async #verdictOn(test: TestDefinition): Promise<TestOutcome> {
    const machine = this.#machine
    await machine.discardLost(test.name)
    const before = machine.last
    const first = await machine.prove(test)
    if (first.foreign !== true || before === undefined || machine.session !== undefined)
      return first
    const why = 'an earlier test may have caused its failure'
    this.#site.results.note(`"${test.name}" runs again alone: ${why}`)
    const alone = await machine.prove(test)
    const after = await machine.aftermath()
    const others = missingFrom([...reportedBy(alone), ...after], reportedBy(first))
    this.#site.late.add(test.name, others, before)
    // Leaks of earlier tests are gone with the machine.
    machine.leaksUnseen ||= first.cause !== undefined && others.length === 0
    return withAftermath(alone, after)
  }

  /** The verdict on the suite's end: late reports, and leaks. */
  async #end(): Promise<void> {
    const machine = this.#machine
    this.#site.results.begin(SUITE_END)
    const isAgain = machine.leaksUnseen && this.#passed.length > 0
    const isUnknown = machine.session === undefined && machine.ends.length === 0 && !isAgain
    const tries = isUnknown
      ? { attempt: 1, proof: notRun('skip', 'no machine ran to the end of the suite') }
      : await this.#tries(SUITE_END, async attempt => {
          const again = attempt > 1 || isAgain ? await this.#rerunPassed() : undefined
          return mergeEnds(machine.ends, again ?? (await this.#endOnArmed()))
        })
    this.#site.results.add(SUITE_END, { ...tries, proof: this.#site.late.addTo(tries.proof) })
    this.#site.results.end()
    const { keep, ref, ssh } = this.#site.job
    if (machine.session === undefined) return
    if (keep !== 'always' && (keep !== 'failed' || !this.#site.results.failed)) return
    const options = '-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR'
    const place = `-p ${machine.session.machine.sshPort} ${options} root@127.0.0.1`
    await this.#site.context.keep({ job: ref.id, ssh: `ssh -i ${ssh.privateKeyFile} ${place}` })
  }

  /**
   * Runs the passed tests once more: one of them may have caused what the end finds.
   * @returns the first that does not pass now
   */
  async #rerunPassed(): Promise<TestOutcome | undefined> {
    this.#machine.ends = []
    for (const test of this.#passed) {
      const proof = await this.#machine.prove(test)
      if (!isSound(proof)) return { ...proof, tap: '' }
    }
    return undefined
  }

  /**
   * The end on a machine whose checks are on. If the last machine was discarded because its checks
   * were off, a fresh one loads the modules, and runs no test.
   */
  async #endOnArmed(): Promise<TestOutcome> {
    const machine = this.#machine
    if (machine.session === undefined && machine.ends.length > 0) {
      const modules = this.#passed.at(-1)?.options.modules
      const options = modules === undefined ? {} : { modules }
      const body = (t: { pass: (what: string) => void }): void => t.pass('the modules load')
      const loaded = await machine.prove({ name: SUITE_END, options, body })
      if (loaded.status !== 'pass') return { ...loaded, tap: '' }
    }
    return machine.suiteEnd()
  }

  #tries(name: string, prove: (attempt: number) => Promise<TestOutcome>): Promise<Tries> {
    return inTries(
      attempt => {
        this.#site.context.signal.throwIfAborted()
        return prove(attempt)
      },
      {
        retries: this.#site.job.retries,
        fresh: async why => {
          this.#site.results.note(`"${name}" is tried again on a fresh machine: ${why}`)
          await this.#machine.discard()
        },
      },
    )
  }
}

/** Findings that did not recur when the test ran alone; they belong to an earlier test. */
const missingFrom = (
  alone: readonly FindingReport[],
  earlier: readonly FindingReport[],
): FindingReport[] =>
  earlier.filter(
    ({ kind, title }) => !alone.some(each => each.kind === kind && each.title === title),
  )
