import { EXIT, ModproveError } from '../platform/errors.js'
import type { FindingReport, RunEvent, Status } from '../contract/events.js'
import { problemOf } from './attempt.js'
import { FindingReports } from '../session/finding-reports.js'
import type { Job, KeptMachine } from '../session/job.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import type { Late } from '../contract/late.js'
import { lateProblems, statusAfterDeath } from '../verdict/index.js'
import { withAftermath } from './aftermath.js'
import { loadSuite } from './load-suite.js'
import { checkFlavours, unmetNeed } from './needs.js'
import { openSession } from '../session/open-session.js'
import { runTest, type TestOutcome } from './run-test.js'
import type { SuiteDefinition, TestDefinition } from '../suite-api/registry.js'
import type { Session } from '../session/session.js'
import type { StrayErrors } from './stray-errors.js'
import { SILENT } from '../session/stuck.js'
import { SuiteTap } from './suite-tap.js'
import { LATE_MS, listen } from '../session/listen.js'
import { suiteEnd } from './suite-end.js'
import { inTries, type Tries } from './tries.js'

export interface JobContext {
  readonly emit: (event: RunEvent) => void
  /** Sends on a late finding, in case this worker does not reach the suite's end. */
  readonly tellLate: (late: Late) => void
  readonly strays: StrayErrors
  readonly signal: AbortSignal
  /** Called with a machine that is kept up; resolves when it may end. */
  readonly keep: (machine: KeptMachine) => Promise<void>
  /** Lends its turn to another job while `work` only waits. */
  readonly rest: <T>(work: () => Promise<T>) => Promise<T>
}

/** Replaceable for tests. */
export interface JobParts {
  readonly open: typeof openSession
  readonly prove: typeof runTest
  readonly suiteEnd: typeof suiteEnd
}

const real: JobParts = { open: openSession, prove: runTest, suiteEnd }

/** The outcome of a test, or that it was not run. */
type Ended = Omit<Tries, 'proof'> & {
  readonly proof: Omit<TestOutcome, 'status'> & { readonly status: Status }
}

/** A suite is given up when this many of its tests hung in the same function. */
const MOST_HANGS = 2

/** A guest does not boot: no test of the suite can run. */
const NO_BOOT = 'no-boot'

/**
 * Runs one suite file: its tests one after another on one machine. If the machine dies, only its
 * test
 * fails; the rest of the file continues on a fresh one.
 *
 * @throws ModproveError for what would fail every job (exit 3), or the signal's reason
 */
export async function runJob(job: Job, context: JobContext, parts = real): Promise<void> {
  const suite = await load(job, context)
  if (suite === undefined) return
  const grep = new RegExp(job.grep ?? '')
  const { rest } = job
  const left = rest && new Set(rest.tests)
  const tests = suite.tests.filter(({ name }) => grep.test(name) && left?.has(name) !== false)
  if (tests.length === 0 && left === undefined) return
  context.emit({
    type: 'job-start',
    job: job.ref.id,
    at: new Date().toISOString(),
    title: suite.title,
    tests: [...tests.map(test => test.name), SUITE_END],
  })
  await using run = new JobRun(job, suite, new FindingReports(job), context, parts)
  for (const test of tests) {
    const ok = await run.test(test)
    if (run.givenUp !== undefined) return run.leaveRest(tests, run.givenUp)
    if (!run.boots || (!ok && job.bail)) return
  }
  await run.end()
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

/** The kernel's reports, or that the machine ended without any. */
const reportedBy = ({
  cause,
  findings,
}: Pick<TestOutcome, 'cause' | 'findings'>): readonly FindingReport[] =>
  cause === undefined || findings.length > 0
    ? findings
    : [{ kind: cause, title: 'the machine ended without a word', trace: [], text: '' }]

/** Findings that did not recur when the test ran alone; they belong to an earlier test. */
const missingFrom = (
  alone: readonly FindingReport[],
  earlier: readonly FindingReport[],
): FindingReport[] =>
  earlier.filter(
    ({ kind, title }) => !alone.some(each => each.kind === kind && each.title === title),
  )

/** A suite's end with late findings added. */
function withLate<P extends Ended['proof']>(proof: P, late: readonly Late[]): P {
  const problems = lateProblems(late)
  if (problems.length === 0) return proof
  return {
    ...proof,
    status: 'fail',
    problems: [...proof.problems, ...problems],
    findings: [...proof.findings, ...late.map(({ finding }) => finding)],
  }
}

const WORST_FIRST = ['fail', 'error', 'pass', 'skip'] as const

/** Merges the suite's ends on several machines. */
function mergeEnds(earlier: readonly TestOutcome[], last: TestOutcome): TestOutcome {
  const all = [...earlier, last]
  const worst = WORST_FIRST.flatMap(status => all.filter(proof => proof.status === status))[0]
  return {
    ...(worst ?? last),
    problems: all.flatMap(({ problems }) => problems),
    findings: all.flatMap(({ findings }) => findings),
    durationMs: all.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
}

/** Reads the machine's log to its end; false if the machine is gone. */
const readsLog = (session: Session): Promise<boolean> =>
  session.mark().then(
    () => true,
    () => false,
  )

const skipped = (reason: string): Tries => ({
  attempt: 1,
  proof: { status: 'skip', problems: [], findings: [], tap: '', durationMs: 0, reason },
})

/** One job on its machines. */
class JobRun implements AsyncDisposable {
  readonly #job: Job
  readonly #suite: SuiteDefinition
  readonly #reports: FindingReports
  readonly #context: JobContext
  readonly #tap: SuiteTap
  #session: Session | undefined
  readonly #parts: JobParts
  readonly #passed: TestDefinition[]
  /** True if earlier tests ran on a machine that is gone, so that their leaks cannot be seen. */
  #isOnlyPart: boolean
  #failed = false
  #boots = true
  /** How many tests passed on this machine. */
  #served = 0
  /** The last of them. */
  #last: string | undefined
  #lastStep = performance.now()
  readonly #late: Late[]
  /** Suite's ends on machines that were discarded early. */
  #ends: TestOutcome[] = []
  /** Number of tests that hung, by function. */
  readonly #stuck = new Map<string, number>()
  /** Tests that have a result. */
  readonly #done = new Set<string>()

  constructor(
    job: Job,
    suite: SuiteDefinition,
    reports: FindingReports,
    context: JobContext,
    parts: JobParts,
  ) {
    this.#job = job
    this.#parts = parts
    this.#suite = suite
    this.#reports = reports
    this.#context = context
    const { rest } = job
    this.#late = [...(rest?.late ?? [])]
    this.#passed = suite.tests.filter(({ name }) => rest?.passed.includes(name))
    this.#isOnlyPart = rest !== undefined && rest.lost === undefined
    this.#tap = new SuiteTap(`${job.folder}/suite.tap`, suite.title, rest !== undefined)
    if (rest?.lost !== undefined) {
      const { test, status, problem } = rest.lost
      this.#tap.point(test, status, { problems: [problem] })
    }
  }

  /** False when the guest did not boot twice: no other test would do better. */
  get boots(): boolean {
    return this.#boots
  }

  /** Why no further test is run, after two hung alike: each more takes as long, for nothing new. */
  get givenUp(): string | undefined {
    const often = [...this.#stuck].find(([, times]) => times >= MOST_HANGS)
    if (often === undefined) return undefined
    const [stuckIn] = often
    const what = stuckIn === SILENT ? 'left a silent guest' : `hung in ${stuckIn}`
    return `${MOST_HANGS} tests before it ${what}`
  }

  /** Reports the remaining tests as not run. */
  leaveRest(tests: readonly TestDefinition[], reason: string): void {
    const none = { problems: [], findings: [], tap: '', durationMs: 0 }
    const proof: Ended['proof'] = { ...none, status: 'miss', reason }
    for (const { name } of tests)
      if (!this.#done.has(name)) this.#result(name, { attempt: 1, proof })
    this.#result(SUITE_END, { attempt: 1, proof: withLate(proof, this.#late) })
    this.#tap.end()
  }

  /** Returns whether the test passed or was skipped. */
  async test(test: TestDefinition): Promise<boolean> {
    const { emit } = this.#context
    const unmet =
      unmetNeed(this.#suite.options.needs, this.#job.ref) ??
      unmetNeed(test.options.needs, this.#job.ref)
    if (unmet !== undefined) {
      this.#result(test.name, skipped(unmet))
      return true
    }
    emit({ type: 'test-start', job: this.#job.ref.id, test: test.name })
    const tries = await this.#tries(test.name, () => this.#verdictOn(test))
    this.#result(test.name, tries)
    const { status, cause } = tries.proof
    // Each retry is on a fresh machine.
    this.#isOnlyPart ||= tries.attempt > 1 && (status === 'pass' || status === 'skip')
    this.#boots = cause !== NO_BOOT
    if (status === 'pass') this.#passed.push(test)
    return status === 'pass' || status === 'skip'
  }

  /**
   * The verdict on a test that may follow others on its machine. A finding that none of its
   * processes caused
   * may be late work of an earlier test: the test is then retried alone, and findings that do not
   * recur are
   * reported at the suite's end.
   */
  async #verdictOn(test: TestDefinition): Promise<TestOutcome> {
    await this.#discardLost(test.name)
    const [served, before] = [this.#served, this.#last]
    const first = await this.#prove(test)
    if (first.foreign !== true || served === 0 || this.#session !== undefined) return first
    this.#note(`"${test.name}" runs again alone: an earlier test may have caused its failure`)
    const alone = await this.#prove(test)
    const after = await this.#aftermath()
    const others = missingFrom([...reportedBy(alone), ...after], reportedBy(first))
    this.#recordLateFindings(test.name, others, before)
    // Leaks of earlier tests are gone with the machine.
    this.#isOnlyPart ||= first.cause !== undefined && others.length === 0
    return withAftermath(alone, after)
  }

  /** Kernel reports, or the machine's end, just after one test that ran alone on it. */
  async #aftermath(): Promise<readonly FindingReport[]> {
    const session = this.#session
    if (session === undefined) return []
    await this.#context.rest(() => this.#wait())
    const { signal } = this.#context
    if (await readsLog(session)) {
      const reports = await this.#reports.of(session.takeFindings(), signal)
      const found = reports.filter(({ allowed }) => allowed === undefined)
      if (found.length > 0) await this.#discard()
      return found
    }
    const { death, findings } = await session.postMortem(false)
    const shown = await this.#reports.of(findings, signal)
    await this.#discard()
    return statusAfterDeath(death, shown) === 'fail'
      ? reportedBy({ cause: death.cause, findings: shown })
      : []
  }

  /** Discards a machine that ended between two tests: the next one is not to blame. */
  async #discardLost(next: string): Promise<void> {
    const session = this.#session
    if (session?.isGone !== true || this.#served === 0) return
    this.#note(`the machine was gone before "${next}" began`)
    await this.#recordLoss(session, next)
    await this.#discard()
  }

  /** Records a machine's end, and its last findings, as late. */
  async #recordLoss(session: Session, during: string): Promise<void> {
    const { death, findings } = await session.postMortem(false)
    const shown = await this.#reports.of(findings, this.#context.signal)
    if (statusAfterDeath(death, shown) === 'fail')
      this.#recordLateFindings(
        during,
        reportedBy({ cause: death.cause, findings: shown }),
        this.#last,
      )
    // The module is not to blame, but leaks of earlier tests are gone.
    else this.#isOnlyPart = true
  }

  /** The verdict on the suite's end: late reports, and leaks. */
  async end(): Promise<void> {
    const { emit, keep } = this.#context
    emit({ type: 'test-start', job: this.#job.ref.id, test: SUITE_END })
    const isAgain = this.#isOnlyPart && this.#passed.length > 0
    const isUnknown = this.#session === undefined && this.#ends.length === 0 && !isAgain
    const tries = isUnknown
      ? skipped('no machine ran to the end of the suite')
      : await this.#tries(SUITE_END, async attempt => {
          const again = attempt > 1 || isAgain ? await this.#rerunPassed() : undefined
          return mergeEnds(this.#ends, again ?? (await this.#endOnArmed()))
        })
    this.#result(SUITE_END, { ...tries, proof: withLate(tries.proof, this.#late) })
    this.#tap.end()
    const kept = this.#session
    if (
      kept !== undefined &&
      (this.#job.keep === 'always' || (this.#job.keep === 'failed' && this.#failed))
    ) {
      const { privateKeyFile } = this.#job.ssh
      const options =
        '-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR'
      const ssh = `ssh -i ${privateKeyFile} -p ${kept.machine.sshPort} ${options} root@127.0.0.1`
      await keep({ job: this.#job.ref.id, ssh })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#discard()
  }

  async #prove(test: TestDefinition): Promise<TestOutcome> {
    const { signal, strays } = this.#context
    const since = performance.now()
    try {
      this.#session ??= await this.#open()
    } catch (error) {
      signal.throwIfAborted()
      // Without QEMU, or with a missing file, every other job fails, too.
      const hopeless = ['QEMU_MISSING', 'MACHINE_FILE']
      if (!(error instanceof ModproveError) || hopeless.includes(error.code)) throw error
      const durationMs = performance.now() - since
      return {
        status: 'error',
        problems: [problemOf(error, 'no-boot')],
        findings: [],
        tap: '',
        durationMs,
        cause: 'no-boot',
      }
    }
    const session = this.#session
    const proof = await this.#parts.prove(test, {
      job: this.#job,
      session,
      suite: this.#suite,
      reports: this.#reports,
      strays,
      signal,
    })
    // A log that is not kept would hide findings.
    if (session.unkept !== undefined) throw session.unkept
    // What a failed test left must not fail the next.
    const isSound = proof.status === 'pass' || proof.status === 'skip'
    if (proof.cause === undefined && !isSound && this.#served > 0) await this.#listen(test.name)
    this.#lastStep = performance.now()
    if (isSound) {
      this.#served += 1
      this.#last = test.name
    }
    if (proof.cause !== undefined || (!isSound && this.#job.keep === undefined))
      await this.#discard()
    else if (isSound && session.guards.spent !== undefined)
      await this.#retire(test.name, session.guards.spent)
    return proof
  }

  async #open(): Promise<Session> {
    const session = await this.#parts.open(this.#job, {
      reports: this.#reports,
      signal: this.#context.signal,
      say: text => this.#note(text),
    })
    const { notRestored: why } = session
    if (why !== undefined) this.#context.emit({ type: 'not-restored', job: this.#job.ref.id, why })
    return session
  }

  /** Discards a machine after a passed test, and keeps the verdict of its suite's end. */
  async #retire(test: string, why: string): Promise<void> {
    this.#note(
      `the rest of "${test}" was not fully checked, and later tests run on a fresh machine: ${why}`,
    )
    this.#ends.push(await this.#suiteEnd())
    await this.#discard()
  }

  /** Late reports, and leaks, when the tests have ended. */
  async #suiteEnd(): Promise<TestOutcome> {
    if (this.#session === undefined) return skipped('no test was left to run again').proof
    await this.#context.rest(() => this.#wait())
    const session = this.#session
    const proof = await this.#parts.suiteEnd(this.#job, session, this.#reports, this.#context)
    if (session.unkept !== undefined) throw session.unkept
    return proof
  }

  /** Waits for late reports of the last test. */
  async #wait(): Promise<void> {
    const restMs = this.#lastStep + LATE_MS - performance.now()
    if (this.#session !== undefined) await listen(this.#session, restMs, this.#context.signal)
  }

  /**
   * Late reports of a machine that is discarded because of this test, if others ran on it before.
   */
  async #listen(during: string): Promise<void> {
    const session = this.#session
    const { signal } = this.#context
    if (session === undefined) return
    await this.#wait()
    // If it dies of what was left, that is late, too.
    if (!(await readsLog(session))) return this.#recordLoss(session, during)
    this.#recordLateFindings(
      during,
      await this.#reports.of(session.takeFindings(), signal),
      this.#last,
    )
  }

  /** Findings that belong to no test. Sent at once: this worker may not reach the suite's end. */
  #recordLateFindings(
    during: string,
    findings: readonly FindingReport[],
    after: string | undefined,
  ): void {
    for (const finding of findings) {
      const late = { during, finding, ...(after === undefined ? {} : { after }) }
      this.#late.push(late)
      this.#context.tellLate(late)
    }
  }

  /**
   * Runs the passed tests once more: one of them may have caused what the end finds.
   * @returns the first that does not pass now
   */
  async #rerunPassed(): Promise<TestOutcome | undefined> {
    this.#ends = []
    for (const test of this.#passed) {
      const proof = await this.#prove(test)
      if (proof.status !== 'pass' && proof.status !== 'skip') return { ...proof, tap: '' }
    }
    return undefined
  }

  /**
   * The end on a machine whose checks are on. If the last machine was discarded because its checks
   * were off,
   * a fresh one loads the modules, and runs no test.
   */
  async #endOnArmed(): Promise<TestOutcome> {
    if (this.#session === undefined && this.#ends.length > 0) {
      const modules = this.#passed.at(-1)?.options.modules
      const options = modules === undefined ? {} : { modules }
      const loaded = await this.#prove({
        name: SUITE_END,
        options,
        body: t => void t.pass('the modules load'),
      })
      if (loaded.status !== 'pass') return { ...loaded, tap: '' }
    }
    return this.#suiteEnd()
  }

  #tries(name: string, prove: (attempt: number) => Promise<TestOutcome>): Promise<Tries> {
    const { signal } = this.#context
    return inTries(
      attempt => {
        signal.throwIfAborted()
        return prove(attempt)
      },
      {
        retries: this.#job.retries,
        fresh: async why => {
          this.#note(`"${name}" is tried again on a fresh machine: ${why}`)
          await this.#discard()
        },
      },
    )
  }

  #result(test: string, { attempt, proof, flaky }: Ended): void {
    const { tap, stuckIn, ...result } = proof
    this.#done.add(test)
    if (stuckIn !== undefined) {
      this.#stuck.set(stuckIn, (this.#stuck.get(stuckIn) ?? 0) + 1)
      // Noted before the job ends, which may take a while.
      const where = stuckIn === SILENT ? '' : ` in ${stuckIn}`
      this.#note(`"${test}" hung${where}: ${proof.problems[0]?.message ?? ''}`)
    }
    this.#tap.point(test, proof.status, { ...result, body: tap })
    this.#failed ||= proof.status !== 'pass' && proof.status !== 'skip'
    this.#context.emit({
      type: 'test-end',
      job: this.#job.ref.id,
      test,
      attempt,
      ...result,
      ...(flaky === undefined ? {} : { flaky }),
    })
  }

  #note(text: string): void {
    this.#tap.comment(text)
    this.#context.emit({ type: 'note', job: this.#job.ref.id, text })
  }

  async #discard(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    this.#served = 0
    if (session === undefined) return
    const { countsFolder } = this.#job
    if (countsFolder !== undefined) {
      const { signal } = this.#context
      const { fetchCounts } = await import('../session/coverage.js')
      const lost = await fetchCounts(session, this.#job, countsFolder, signal).catch(String)
      if (lost !== undefined) this.#note(lost)
    }
    await session[Symbol.asyncDispose]()
  }
}
