import type { FailedTry, RunEvent, Status } from '../contract/events.js'
import type { Job } from '../session/job.js'
import { SILENT } from '../session/life/stuck.js'
import { verdictOfProblems } from '../verdict/index.js'
import { Expectations } from './as-expected.js'
import { failsBySame, isSound, type TryResult } from './try-result.js'
import { SuiteTap } from './suite-tap.js'

/** A suite is given up when this many of its tests hung in the same function. */
const MOST_HANGS = 2

const NOT_FAILED: readonly Status[] = ['pass', 'skip', 'xfail']

/** Reports the results of one job as they come, as events and in the suite's TAP. */
export class JobResults {
  readonly #job: string
  readonly #emit: (event: RunEvent) => void
  readonly #tap: SuiteTap
  readonly #expected: Expectations
  /** Whether all tests of the suite are run. */
  readonly #isWhole: boolean
  /** Number of tests that hung, by function. */
  readonly #stuck = new Map<string, number>()
  /** Tests that failed or have no verdict, expected or not; a worker that died told no result. */
  readonly #notPassed = new Map<string, TryResult | undefined>()
  #failed = false

  constructor(job: Job, title: string, emit: (event: RunEvent) => void) {
    const { ref, folder, remaining, grep } = job
    this.#job = ref.id
    this.#expected = new Expectations(job)
    this.#isWhole = remaining === undefined && grep === undefined
    this.#emit = emit
    this.#tap = new SuiteTap(`${folder}/suite.tap`, title, remaining?.written)
    if (remaining?.lost !== undefined) {
      const { test, problem } = remaining.lost
      const { status, problems } = verdictOfProblems([problem])
      this.#tap.point(test, status, { problems })
      this.#notPassed.set(test, undefined)
    }
  }

  /** Whether a test did not pass, and was not expected to fail. */
  get failed(): boolean {
    return this.#failed
  }

  /** Why no further test is run, after two hung alike: a third would show nothing new. */
  get whyGivenUp(): string | undefined {
    const [stuckIn] = [...this.#stuck].find(([, times]) => times >= MOST_HANGS) ?? []
    if (stuckIn === undefined) return undefined
    const what = stuckIn === SILENT ? 'left a silent guest' : `hung in ${stuckIn}`
    return `${MOST_HANGS} tests before it ${what}`
  }

  /** Why a test is not run that needs these to have passed; nor are those that need it. */
  failedOf(test: string, needed: readonly string[] = []): string | undefined {
    const failed = needed.find(name => this.#notPassed.has(name))
    if (failed === undefined) return undefined
    this.#notPassed.set(test, undefined)
    return `needs "${failed}", which did not pass`
  }

  /** The test that failed by all that the suite's end fails by. */
  blamedFor(end: TryResult): string | undefined {
    if (end.status !== 'fail') return undefined
    const tests = [...this.#notPassed]
    return tests.find(([, result]) => result !== undefined && failsBySame(end, result))?.[0]
  }

  note(text: string): void {
    this.#tap.comment(text)
    this.#emit({ type: 'note', job: this.#job, text })
  }

  begin(test: string): void {
    this.#emit({ type: 'test-start', job: this.#job, test })
  }

  /** The result of a test's last try, or of what was not run; after those of its points. */
  add(test: string, result: TryResult, attempt = 1, flaky?: FailedTry): void {
    const { points = [], ...own } = result
    if (!isSound(result)) this.#notPassed.set(test, result)
    for (const { name, ...point } of points)
      this.#add(name, { findings: [], tap: '', ...point }, attempt)
    this.#add(test, own, attempt, flaky)
  }

  #add(test: string, result: TryResult, attempt: number, flaky?: FailedTry): void {
    const { tap, stuckIn, ...told } = this.#expected.apply(test, result)
    if (stuckIn !== undefined) {
      this.#stuck.set(stuckIn, (this.#stuck.get(stuckIn) ?? 0) + 1)
      // Noted before the job ends, which may take a while.
      this.note(`"${test}" hung: ${result.problems[0]?.message ?? ''}`)
    }
    this.#tap.point(test, told.status, { ...told, body: tap })
    this.#failed ||= !NOT_FAILED.includes(told.status)
    const tries = { attempt, ...told, ...(flaky === undefined ? {} : { flaky }) }
    this.#emit({ type: 'test-end', job: this.#job, test, ...tries })
  }

  /** All tests have a result. */
  async end(): Promise<void> {
    if (this.#isWhole) for (const text of await this.#expected.notes()) this.note(text)
    this.#tap.end()
  }
}
