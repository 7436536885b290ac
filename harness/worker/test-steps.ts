import type { Test } from 'tap'
import type { FaultSweep, Problem } from '../contract/events.js'
import type { GuestState } from '../session/guest-state.js'
import { LiveGuest } from '../session/live-guest.js'
import type { Session } from '../session/session.js'
import { newlyTainted } from '../suite-api/health.js'
import type { Invariant, PointResult, TestDefinition } from '../suite-api/registry.js'
import { findingProblems } from '../verdict/index.js'
import type { Examination } from './examination.js'
import type { JobSite } from './job-site.js'
import { armChecks, checksOff, keepArmed } from './kernel-checks.js'
import { stateAfter, stateBefore, type StateBefore } from './state-around-test.js'
import { isLastUse, modulesOf, unloadModules } from './test-modules.js'
import { TestStages } from './test-stages.js'
import { startersOf } from './thread-starters.js'
import { UnawaitedErrors } from './unawaited-errors.js'

/** The part of a job's site that a test needs. */
export type TestSite = Pick<
  JobSite,
  'job' | 'kernel' | 'suite' | 'tests' | 'reports' | 'strays' | 'signal' | 'late'
>

const NO_INVARIANTS: readonly Invariant[] = []

/** The steps of one try of a test; `runTest` calls them in this order. Errors become problems. */
export class TestSteps {
  readonly unawaited: UnawaitedErrors
  readonly points: PointResult[] = []
  /** The state from which the next test may start; undefined if the modules were unloaded. */
  state: GuestState | undefined
  /** Checks of the kernel that known findings turned off. */
  unguarded: readonly string[] = []
  readonly #test: TestDefinition
  readonly #session: Session
  readonly #site: TestSite
  readonly #found: Examination
  readonly #stages: TestStages
  readonly #invariants: readonly Invariant[]
  #guest: LiveGuest | undefined
  #taints: readonly [before: number, after: number] = [0, 0]
  /** Checks of the kernel that are off after the test. */
  #off: readonly string[] = []
  /** Why its body was not run. */
  readonly #refusals: Problem[] = []

  constructor(test: TestDefinition, session: Session, site: TestSite, found: Examination) {
    this.#test = test
    this.#session = session
    this.#site = site
    this.#found = found
    this.#stages = new TestStages(test, session, site, found)
    this.#invariants = site.suite.options.invariants ?? NO_INVARIANTS
    this.unawaited = new UnawaitedErrors(test.name, found.problems, site.late)
  }

  get sweeps(): readonly FaultSweep[] {
    return this.#guest?.sweeps ?? []
  }

  /**
   * Loads the test's modules, turns the kernel's checks on, and reads the guest's state.
   * @returns undefined if that fails: `takeLoadFailure` follows
   */
  before(): Promise<StateBefore | undefined> {
    const [session, { suite, reports }] = [this.#session, this.#site]
    keepArmed(session, reports)
    return this.#stages.own(async () => {
      const wanted = modulesOf(this.#test, suite)
      const guestSince = (mark: number) => this.#guestSince(mark)
      const state = await stateBefore(session, wanted, this.#invariants, guestSince)
      await armChecks(session, reports, this.#found)
      return state
    })
  }

  /** Reports about modules that do not load belong to this test, too. */
  async takeLoadFailure(): Promise<void> {
    await this.#stages.verdict(async () => {
      await this.#session.mark()
      this.#found.take()
    })
  }

  /** In place of the body, on a machine that would miss findings; `spent` says why. */
  refuse(spent: string): void {
    const message = `this machine's kernel does not report everything any more: ${spent}`
    this.#refusals.push({ kind: 'unguarded', message })
    // Includes known findings of loading its modules: they may be the reason.
    this.#found.take()
  }

  /** @param mark sequence number of the last log record before the test */
  async body(t: Test, mark: number): Promise<void> {
    const guest = this.#guestSince(mark)
    this.#guest = guest
    await this.#stages.own(async () => {
      const body = () => this.#test.body(t, guest, point => this.points.push(point))
      await this.#site.strays.of(error => this.unawaited.takeIfLate(error), body)
      this.unawaited.bodyReturned()
    })
    guest.end(use => this.unawaited.addAfterEnd(use))
  }

  /** Reads what the test left, unloads modules that the next does not need, and ends its log. */
  async after(t: Test, { health, mark }: StateBefore): Promise<void> {
    const [session, found] = [this.#session, this.#found]
    const read = () =>
      stateAfter(session, health, this.#invariants, this.#guestSince(mark), this.#test.name)
    const left = await this.#stages.lastVerdict(read)
    if (left !== undefined) {
      found.problems.push(...left.leftBehind)
      this.#taints = [health.taint, left.health.taint]
      const isLast = isLastUse(this.#test, session, this.#site, left.loaded)
      // After a failure the machine is thrown away.
      if (!isLast || !t.passing() || found.problems.length > 0) this.state = left
      else await this.#stages.own(async () => found.take(await unloadModules(session)))
    }
    await this.#stages.lastVerdict(async () => {
      // With a state, the log was read to its end with it.
      if (this.state === undefined) await session.mark()
      this.#off = await session.guards.rearm()
      found.take()
    })
  }

  /** @returns all that speaks against the test, other than failed assertions */
  async judge(): Promise<readonly Problem[]> {
    const { suite, strays, late } = this.#site
    const shown = await this.#found.closeLog()
    const { unknown } = this.#found
    for (const each of startersOf(unknown, this.#session, this.#test.name)) late.add(each)
    const checks = checksOff(this.#session.guards, this.#off, shown)
    this.unguarded = checks.unguarded
    const tainted = newlyTainted(...this.#taints, shown, suite.options.taints)
    // Errors of callbacks that the body left must show now, not in a later test.
    await new Promise(resolve => setImmediate(resolve))
    const own = [...this.#found.problems, ...findingProblems(shown), ...tainted, ...strays.take()]
    this.unawaited.judged()
    // What is off comes after what may explain it.
    return [...own, ...checks.problems, ...this.#refusals]
  }

  #guestSince(mark: number): LiveGuest {
    const { job, reports } = this.#site
    return new LiveGuest(this.#session, job.ref, mark, reports)
  }
}
