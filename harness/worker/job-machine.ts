import type { LateReport } from '../contract/late.js'
import { ModproveError } from '../platform/errors.js'
import type { Session } from '../session/session.js'
import type { openSession } from '../session/start/open-session.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { isAllowed, problemOf, verdictOfProblems } from '../verdict/index.js'
import { QemuDidNotStart } from '../vm/index.js'
import { comesOf } from './consequence.js'
import type { JobSite } from './job-site.js'
import { withRetries, type LastTry } from './retries.js'
import { TestedMachine, type TestParts } from './tested-machine.js'
import { isSound, notRun, type TryResult } from './try-result.js'

/** Replaceable for tests. */
export interface JobParts extends TestParts {
  readonly open: typeof openSession
}

/** Without QEMU, or with a missing file, every other job fails, too. */
const HOPELESS = ['QEMU_MISSING', 'MACHINE_FILE']

/** The machine on which a job's tests run; a fresh one when it cannot serve the next test. */
export class JobMachine implements AsyncDisposable {
  /** Earlier tests ran on a machine that is gone, so that their leaks cannot be seen. */
  leaksUnseen: boolean
  /** Whether a test was run, or tried to. */
  wasUsed: boolean
  /** Suite's ends on machines that were discarded early. */
  ends: TryResult[] = []
  readonly #site: JobSite
  readonly #parts: JobParts
  /** QEMU hung before it said a word: waiting for it once is enough. */
  #isMute = false
  /** Opened with the first test that needs it. */
  #machine: TestedMachine | undefined

  constructor(site: JobSite, parts: JobParts) {
    const { job } = site
    this.#site = site
    this.#parts = parts
    this.leaksUnseen = job.remaining !== undefined && job.remaining.lost === undefined
    this.wasUsed = job.remaining !== undefined
  }

  get session(): Session | undefined {
    return this.#machine?.session
  }

  /** The tests that passed on this machine until now, in order. */
  get passed(): readonly TestDefinition[] {
    return this.#machine?.passed ?? []
  }

  /**
   * One try of a test. If it failed, the machine is discarded, unless it is to be kept.
   * @throws ModproveError for what would fail every job; the signal's reason
   */
  async runTest(test: TestDefinition): Promise<TryResult> {
    const { job, signal } = this.#site
    const since = performance.now()
    this.wasUsed = true
    try {
      this.#machine ??= await this.#open()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ModproveError) || HOPELESS.includes(error.code)) throw error
      this.#isMute = error instanceof QemuDidNotStart && error.isMute
      const verdict = verdictOfProblems([problemOf(error, 'no-boot')])
      return {
        ...verdict,
        findings: [],
        tap: '',
        durationMs: Math.round(performance.now() - since),
      }
    }
    const machine = this.#machine
    const result = await machine.runTest(test)
    const sound = isSound(result)
    // What earlier tests left is late, even if the machine dies of it only now.
    if (result.cause === undefined && !sound && machine.passed.length > 0)
      await this.#addLate(test.name, result, machine)
    machine.ended(test, result)
    const { spent } = machine.session.guards
    if (result.cause !== undefined || (!sound && job.keep === undefined)) await this.discard()
    else if (sound && spent !== undefined) await this.#retire(test.name, spent)
    return result
  }

  /** Runs a test, or the suite's end, until it has a verdict, each time on a fresh machine. */
  withRetries(name: string, run: (attempt: number) => Promise<TryResult>): Promise<LastTry> {
    const { job, signal, results } = this.#site
    const runUnlessStopped = (attempt: number): Promise<TryResult> => {
      signal.throwIfAborted()
      return run(attempt)
    }
    const fresh = async (why: string): Promise<void> => {
      results.note(`"${name}" is tried again on a fresh machine: ${why}`)
      await this.discard()
    }
    return withRetries(runUnlessStopped, job.retries, fresh, () => this.#isMute)
  }

  /**
   * Discards a machine that ended between two tests: the next one is not to blame.
   * @returns what it reported, if it had
   */
  async discardLost(next: string): Promise<readonly LateReport[] | undefined> {
    const machine = this.#machine
    if (machine?.session.isGone !== true || machine.passed.length === 0) return undefined
    this.#site.results.note(`the machine was gone before "${next}" began`)
    const { reports } = await machine.loss()
    this.leaksUnseen ||= reports.length === 0
    await this.discard()
    return reports
  }

  /** Kernel reports, or the machine's end, just after one test that ran alone on it. */
  async aftermath(): Promise<readonly LateReport[]> {
    if (this.#machine === undefined) return []
    const { isLost, reports } = await this.#machine.lateReports()
    const own = reports.filter(report => !isAllowed(report))
    if (isLost || own.length > 0) await this.discard()
    return own
  }

  /** The verdict on the suite's end, when the tests have ended: late reports, and leaks. */
  async suiteEnd(): Promise<TryResult> {
    return this.#machine?.suiteEnd() ?? notRun('skip', 'no test was left to run again')
  }

  async discard(): Promise<void> {
    const machine = this.#machine
    this.#machine = undefined
    await machine?.end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discard()
  }

  async #open(): Promise<TestedMachine> {
    const { job, reports, results, signal, emit } = this.#site
    const session = await this.#parts.open(job, reports, signal, text => results.note(text))
    const { notRestored: why } = session
    if (why !== undefined) emit({ type: 'not-restored', job: job.ref.id, why })
    return new TestedMachine(session, this.#site, this.#parts)
  }

  /** Discards a machine after a passed test, and keeps the verdict of its suite's end. */
  async #retire(test: string, why: string): Promise<void> {
    this.#site.results.note(
      `the rest of "${test}" was not fully checked, and later tests run on a fresh machine: ${why}`,
    )
    this.ends.push(await this.suiteEnd())
    await this.discard()
  }

  /** Adds what the machine reports after a failed test: an earlier one may have left it. */
  async #addLate(
    during: string,
    { foreign, findings }: TryResult,
    machine: TestedMachine,
  ): Promise<void> {
    const { isLost, reports } = await machine.lateReports()
    // It is then found out which test the first of them is of.
    const roots = foreign ? findings : []
    const others = reports.filter(report => !roots.some(root => comesOf(report, root)))
    this.#site.late.addReports(others, { during, after: machine.passed.at(-1)?.name })
    this.leaksUnseen ||= isLost && reports.length === 0
  }
}
