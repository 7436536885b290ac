import { scaled } from '../platform/waiting/deadlines.js'
import { LifeWatch } from '../session/life/life-watch.js'
import { DeadlinePassed, NotReturned } from '../session/life/race.js'
import { watchSleep } from '../session/life/sleep-watch.js'
import { readSleepers } from '../session/life/sleepers.js'
import type { Session } from '../session/session.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { problemOf } from '../verdict/index.js'
import type { Examination } from './examination.js'
import type { JobSite } from './job-site.js'
import { deadlineNote, testDeadline, type TestDeadline } from './test-deadline.js'

/** For the verdict on a test: killing its processes, reading the log to its end. */
const VERDICT_MS = 15_000

type Work<T> = () => Promise<T>

/**
 * Runs the stages of one test: each ends, too, when the guest is silent or a task of it sleeps for
 * too long. A stage that did not end gives undefined, and its reason is a problem; see
 * {@link Examination.stage}.
 */
export class TestStages {
  readonly #session: Session
  readonly #found: Examination
  readonly #deadline: TestDeadline
  readonly #verdictMs: number

  constructor(
    test: TestDefinition,
    session: Session,
    { job, suite }: Pick<JobSite, 'job' | 'suite'>,
    found: Examination,
  ) {
    this.#session = session
    this.#found = found
    this.#deadline = testDeadline(test, suite, job)
    this.#verdictMs = scaled(VERDICT_MS, job.machine.accelerator)
  }

  /** Within the test's own deadline. */
  own<T>(work: Work<T>): Promise<T | undefined> {
    return this.#run(work, this.#deadline.limitMs)
  }

  /** Within the time for a verdict. */
  verdict<T>(work: Work<T>): Promise<T | undefined> {
    return this.#run(work, this.#verdictMs)
  }

  /** As {@link verdict}; any failure means that the machine cannot be judged any more. */
  lastVerdict<T>(work: Work<T>): Promise<T | undefined> {
    return this.#run(work, this.#verdictMs, true)
  }

  async #run<T>(work: Work<T>, limitMs: number, isLast = false): Promise<T | undefined> {
    const [session, found] = [this.#session, this.#found]
    if (found.isOver) return undefined
    const life = new LifeWatch(() => session.life())
    const sleepers = () => readSleepers(session.guest)
    const sleep = watchSleep(sleepers, this.#deadline.asleepMs, () => session.machine.stoppedMs)
    const hung = [life.watch.failed, sleep.failed]
    const asked = () => life.answer()
    const describe = (error: unknown) => this.#describe(error)
    try {
      const limits = { limitMs, gone: session.doomed, hung, isLast, asked, describe }
      return await found.stage(work, limits)
    } finally {
      life.watch.end()
      sleep.end()
    }
  }

  /** The class name of an error that ended the wait does not help the user. */
  #describe(error: unknown): string {
    if (error instanceof DeadlinePassed) return `${error.message}${deadlineNote(this.#deadline)}`
    return error instanceof NotReturned ? error.message : problemOf(error).message
  }
}
