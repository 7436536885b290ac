import type { FailedTry, RunEvent } from '../contract/events.js'
import type { Job } from '../session/job.js'
import { SILENT } from '../session/life/stuck.js'
import { verdictOfProblems } from '../verdict/index.js'
import { isSound, type TryResult } from './try-result.js'
import { SuiteTap } from './suite-tap.js'

/** A suite is given up when this many of its tests hung in the same function. */
const MOST_HANGS = 2

/** Tells the results of one job as they come, by events and in the suite's TAP. */
export class JobResults {
  readonly #job: string
  readonly #emit: (event: RunEvent) => void
  readonly #tap: SuiteTap
  /** Number of tests that hung, by function. */
  readonly #stuck = new Map<string, number>()
  #failed = false

  constructor({ ref, folder, remaining }: Job, title: string, emit: (event: RunEvent) => void) {
    this.#job = ref.id
    this.#emit = emit
    this.#tap = new SuiteTap(`${folder}/suite.tap`, title, remaining?.written)
    if (remaining?.lost !== undefined) {
      const { test, problem } = remaining.lost
      const { status, problems } = verdictOfProblems([problem])
      this.#tap.point(test, status, { problems })
    }
  }

  /** Whether a test did not pass. */
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

  note(text: string): void {
    this.#tap.comment(text)
    this.#emit({ type: 'note', job: this.#job, text })
  }

  begin(test: string): void {
    this.#emit({ type: 'test-start', job: this.#job, test })
  }

  /** The result of a test's last try, or of what was not run. */
  add(test: string, result: TryResult, attempt = 1, flaky?: FailedTry): void {
    const { tap, stuckIn, ...told } = result
    if (stuckIn !== undefined) {
      this.#stuck.set(stuckIn, (this.#stuck.get(stuckIn) ?? 0) + 1)
      // Noted before the job ends, which may take a while.
      const where = stuckIn === SILENT ? '' : ` in ${stuckIn}`
      this.note(`"${test}" hung${where}: ${result.problems[0]?.message ?? ''}`)
    }
    this.#tap.point(test, result.status, { ...told, body: tap })
    this.#failed ||= !isSound(result)
    const tries = { attempt, ...told, ...(flaky === undefined ? {} : { flaky }) }
    this.#emit({ type: 'test-end', job: this.#job, test, ...tries })
  }

  /** All tests have a result. */
  end(): void {
    this.#tap.end()
  }
}
