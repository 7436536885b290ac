import { ModproveError } from '../platform/errors.js'
import type { LateReport } from '../contract/late.js'
import { LATE_MS, listen } from '../session/listen.js'
import type { openSession } from '../session/start/open-session.js'
import type { Session } from '../session/session.js'
import type { TestDefinition, TestOptions } from '../suite-api/registry.js'
import { SUITE_END } from '../contract/test-names.js'
import { isAllowed, problemOf, verdictOfProblems } from '../verdict/index.js'
import { lossOf, reportsOf, type MachineReports } from './machine-reports.js'
import type { JobSite } from './job-site.js'
import { asEnd, isSound, notRun, type TryResult } from './try-result.js'
import type { runTest } from './run-test.js'
import type { suiteEnd } from './suite-end.js'
import { withRetries, type LastTry } from './retries.js'

/** Replaceable for tests. */
export interface JobParts {
  readonly open: typeof openSession
  readonly runTest: typeof runTest
  readonly suiteEnd: typeof suiteEnd
}

/** Without QEMU, or with a missing file, every other job fails, too. */
const HOPELESS = ['QEMU_MISSING', 'MACHINE_FILE']

/** The machine on which a job's tests run; a fresh one when it cannot serve the next test. */
export class JobMachine implements AsyncDisposable {
  /** Earlier tests ran on a machine that is gone, so that their leaks cannot be seen. */
  leaksUnseen: boolean
  /** Suite's ends on machines that were discarded early. */
  ends: TryResult[] = []
  readonly #site: JobSite
  readonly #parts: JobParts
  #session: Session | undefined
  #passed: TestDefinition[] = []
  /** The last of them, to be run again at the suite's end. */
  #again = onlyLoading()
  #lastStep = performance.now()

  constructor(site: JobSite, parts: JobParts) {
    const { job } = site
    this.#site = site
    this.#parts = parts
    this.leaksUnseen = job.remaining !== undefined && job.remaining.lost === undefined
  }

  get session(): Session | undefined {
    return this.#session
  }

  /** The tests that passed on this machine until now, in order. */
  get passed(): readonly TestDefinition[] {
    return [...this.#passed]
  }

  /**
   * One try of a test. If it failed, the machine is discarded, unless it is to be kept.
   * @throws ModproveError for what would fail every job; the signal's reason
   */
  async runTest(test: TestDefinition): Promise<TryResult> {
    const { job, signal } = this.#site
    const since = performance.now()
    try {
      this.#session ??= await this.#open()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ModproveError) || HOPELESS.includes(error.code)) throw error
      const verdict = verdictOfProblems([problemOf(error, 'no-boot')])
      return { ...verdict, findings: [], tap: '', durationMs: performance.now() - since }
    }
    const session = this.#session
    const result = await this.#parts.runTest(test, session, this.#site)
    requireKeptLog(session)
    const sound = isSound(result)
    // What earlier tests left is late, even if the machine dies of it only now.
    if (result.cause === undefined && !sound && this.#passed.length > 0)
      this.#addLate(test.name, await this.#readReports(session))
    this.#lastStep = performance.now()
    if (sound) {
      this.#passed.push(test)
      // A test that takes long is not worth its time twice.
      this.#again = result.durationMs < LATE_MS ? test : onlyLoading(test.options)
    }
    const { spent } = session.guards
    if (result.cause !== undefined || (!sound && job.keep === undefined)) await this.discard()
    else if (sound && spent !== undefined) await this.#retire(test.name, spent)
    return result
  }

  /** Tries a test until it has a verdict, each time on a fresh machine. */
  withRetries(name: string, run: (attempt: number) => Promise<TryResult>): Promise<LastTry> {
    const { job, signal, results } = this.#site
    const runUnlessStopped = (attempt: number): Promise<TryResult> => {
      signal.throwIfAborted()
      return run(attempt)
    }
    return withRetries(runUnlessStopped, job.retries, async why => {
      results.note(`"${name}" is tried again on a fresh machine: ${why}`)
      await this.discard()
    })
  }

  /**
   * Discards a machine that ended between two tests: the next one is not to blame.
   * @returns what it reported, if it had
   */
  async discardLost(next: string): Promise<readonly LateReport[] | undefined> {
    const session = this.#session
    if (session?.isGone !== true || this.#passed.length === 0) return undefined
    this.#site.results.note(`the machine was gone before "${next}" began`)
    const { reports } = await lossOf(session, this.#site)
    this.leaksUnseen ||= reports.length === 0
    await this.discard()
    return reports
  }

  /** Kernel reports, or the machine's end, just after one test that ran alone on it. */
  async aftermath(): Promise<readonly LateReport[]> {
    if (this.#session === undefined) return []
    const { isLost, reports } = await this.#readReports(this.#session)
    const own = reports.filter(report => !isAllowed(report))
    if (isLost || own.length > 0) await this.discard()
    return own
  }

  /** The verdict on the suite's end, when the tests have ended: late reports, and leaks. */
  async suiteEnd(): Promise<TryResult> {
    const session = this.#session
    if (session === undefined) return notRun('skip', 'no test was left to run again')
    await this.#wait(session)
    const runLastTest = async () =>
      asEnd(await this.#parts.runTest(this.#again, session, this.#site))
    const result = await this.#parts.suiteEnd(session, this.#site, runLastTest)
    requireKeptLog(session)
    return result
  }

  async discard(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    this.#passed = []
    if (session === undefined) return
    const { signal, results, job } = this.#site
    if (job.counts !== undefined) {
      const { fetchCounts } = await import('../session/modules/coverage.js')
      const lost = await fetchCounts(session, job.counts, signal).catch(String)
      if (lost !== undefined) results.note(lost)
    }
    await session[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discard()
  }

  async #open(): Promise<Session> {
    const { job, reports, results, signal, emit } = this.#site
    const session = await this.#parts.open(job, reports, signal, text => results.note(text))
    const { notRestored: why } = session
    if (why !== undefined) emit({ type: 'not-restored', job: job.ref.id, why })
    return session
  }

  /** Discards a machine after a passed test, and keeps the verdict of its suite's end. */
  async #retire(test: string, why: string): Promise<void> {
    this.#site.results.note(
      `the rest of "${test}" was not fully checked, and later tests run on a fresh machine: ${why}`,
    )
    this.ends.push(await this.suiteEnd())
    await this.discard()
  }

  /** Waits for late reports of the last test. */
  async #wait(session: Session): Promise<void> {
    const { whileIdle, signal } = this.#site
    await whileIdle(() => listen(session, this.#lastStep + LATE_MS - performance.now(), signal))
  }

  async #readReports(session: Session): Promise<MachineReports> {
    await this.#wait(session)
    return reportsOf(session, this.#site)
  }

  #addLate(during: string, { isLost, reports }: MachineReports): void {
    this.#site.late.addReports(reports, { during, after: this.#passed.at(-1)?.name })
    this.leaksUnseen ||= isLost && reports.length === 0
  }
}

/** In place of a test: only its modules are loaded. */
export const onlyLoading = ({ modules }: TestOptions = {}): TestDefinition => ({
  name: SUITE_END,
  options: modules === undefined ? {} : { modules },
  body: t => void t.pass('the modules load'),
})

/** A log that is not kept would hide findings. */
function requireKeptLog({ kernel }: Session): void {
  if (kernel.unkept !== undefined) throw kernel.unkept
}
