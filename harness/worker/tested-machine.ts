import { SUITE_END } from '../contract/test-names.js'
import { LATE_MS, listen } from '../session/listen.js'
import type { Session } from '../session/session.js'
import type { TestDefinition, TestOptions } from '../suite-api/registry.js'
import type { JobSite } from './job-site.js'
import { lossOf, reportsOf, type MachineReports } from './machine-reports.js'
import type { runTest } from './run-test.js'
import type { suiteEnd } from './suite-end.js'
import { asEnd, isSound, type TryResult } from './try-result.js'

/** Replaceable for tests. */
export interface TestParts {
  readonly runTest: typeof runTest
  readonly suiteEnd: typeof suiteEnd
}

/** One machine of a job, and the tests that have run on it. {@link JobMachine} replaces it. */
export class TestedMachine {
  readonly session: Session
  readonly #site: JobSite
  readonly #parts: TestParts
  readonly #passed: TestDefinition[] = []
  /** The last of them, to be run again at the suite's end. */
  #again = onlyLoading()
  #lastStep = performance.now()

  constructor(session: Session, site: JobSite, parts: TestParts) {
    this.session = session
    this.#site = site
    this.#parts = parts
  }

  /** The tests that passed on it until now, in order. */
  get passed(): readonly TestDefinition[] {
    return [...this.#passed]
  }

  /** One try of a test; {@link ended} follows. */
  async runTest(test: TestDefinition): Promise<TryResult> {
    const result = await this.#parts.runTest(test, this.session, this.#site)
    requireKeptLog(this.session)
    return result
  }

  /** Notes the result of a test that has just ended. */
  ended(test: TestDefinition, result: TryResult): void {
    this.#lastStep = performance.now()
    if (!isSound(result)) return
    this.#passed.push(test)
    // A test that takes long is not worth its time twice.
    this.#again = result.durationMs < LATE_MS ? test : onlyLoading(test.options)
  }

  /** What it reports until a moment after the last test. */
  async lateReports(): Promise<MachineReports> {
    await this.#wait()
    return reportsOf(this.session, this.#site)
  }

  /** What it reported before it was gone. */
  loss(): Promise<MachineReports> {
    return lossOf(this.session, this.#site)
  }

  /** The verdict on the suite's end, when the tests have ended: late reports, and leaks. */
  async suiteEnd(): Promise<TryResult> {
    const { session } = this
    await this.#wait()
    const runLastTest = async () =>
      asEnd(await this.#parts.runTest(this.#again, session, this.#site))
    const result = await this.#parts.suiteEnd(session, this.#site, runLastTest)
    requireKeptLog(session)
    return result
  }

  /** Keeps what it counted for the coverage, and ends it. */
  async end(): Promise<void> {
    const { signal, results, job } = this.#site
    if (job.counts !== undefined) {
      const { fetchCounts } = await import('../session/modules/coverage.js')
      const lost = await fetchCounts(this.session, job.counts, signal).catch(String)
      if (lost !== undefined) results.note(lost)
    }
    await this.session[Symbol.asyncDispose]()
  }

  async #wait(): Promise<void> {
    const { whileIdle, signal } = this.#site
    const restMs = () => this.#lastStep + LATE_MS - performance.now()
    await whileIdle(() => listen(this.session, restMs(), signal))
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
