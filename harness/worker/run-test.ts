import type { Test } from 'tap'
import type { FindingReport, Problem } from '../contract/events.js'
import { scaled } from '../platform/waiting/deadlines.js'
import { findingProblems, problemAfter, problemOf } from '../verdict/index.js'
import { attempt } from './attempt.js'
import { newlyTainted } from '../suite-api/health.js'
import { LifeWatch } from '../session/life/life-watch.js'
import { LiveGuest } from '../session/live-guest.js'
import { DeadlinePassed, NotReturned } from '../session/life/race.js'
import type { Invariant, PointResult, TestDefinition } from '../suite-api/registry.js'
import type { Session } from '../session/session.js'
import { watchSleep } from '../session/life/sleep-watch.js'
import { readSleepers } from '../session/life/sleepers.js'
import type { GuestState } from '../session/guest-state.js'
import { stateAfter, stateBefore } from './state-around-test.js'
import { checksOff } from './checks-off.js'
import { Examination } from './examination.js'
import type { JobSite } from './job-site.js'
import { isSound, type TryResult } from './try-result.js'
import { deadlineNote, testDeadline } from './test-deadline.js'
import { isLastUse, modulesOf, unloadModules } from './test-modules.js'

const NO_INVARIANTS: readonly Invariant[] = []
/** For the verdict on a test: killing its processes, reading the log to its end. */
const VERDICT_MS = 15_000

/** The part of a job's site that a test needs. */
type TestSite = Pick<JobSite, 'job' | 'suite' | 'tests' | 'reports' | 'strays' | 'signal' | 'late'>

/**
 * One try of one test on a live machine, and the verdict on its part of the kernel log: loads its
 * modules, runs its body, and checks that the kernel is as healthy as before.
 *
 * @throws the signal's reason when it aborts
 */
export async function runTest(
  test: TestDefinition,
  session: Session,
  site: TestSite,
): Promise<TryResult> {
  const { job, suite, reports, strays, signal, late } = site
  const deadline = testDeadline(test, suite, job)
  const verdictMs = scaled(VERDICT_MS, job.machine.accelerator)
  const { invariants = NO_INVARIANTS, taints } = suite.options
  const found = new Examination(session, reports, signal)
  const points: PointResult[] = []
  session.modules.takeLoads()
  let guest: LiveGuest | undefined
  let after: GuestState | undefined
  let unguarded: readonly string[] = []

  /** The class name of an error that ended the wait does not help the user. */
  const describe = (error: unknown): string => {
    if (error instanceof DeadlinePassed) return `${error.message}${deadlineNote(deadline)}`
    return error instanceof NotReturned ? error.message : problemOf(error).message
  }
  /** A stage that ends, too, when the guest is silent or a task sleeps for too long. */
  const stage = async <T>(
    limitMs: number,
    work: () => Promise<T>,
    isLast = false,
  ): Promise<T | undefined> => {
    if (found.isOver) return undefined
    const life = new LifeWatch(() => session.life())
    const sleepers = () => readSleepers(session.guest)
    const sleep = watchSleep(sleepers, deadline.asleepMs, () => session.machine.stoppedMs)
    const hung = [life.watch.failed, sleep.failed]
    const asked = () => life.answer()
    try {
      const limits = { limitMs, gone: session.doomed, hung, isLast, asked, describe }
      return await found.stage(work, limits)
    } finally {
      life.watch.end()
      sleep.end()
    }
  }
  const guestSince = (mark: number): LiveGuest => new LiveGuest(session, job.ref, mark)
  let hasReturned = false
  let isJudged = false
  /** A body that was cut off goes on, and is not to blame for it. */
  const tell = (problem: Problem): void => {
    if (!hasReturned) return
    if (isJudged) late.add(problem)
    else found.problems.push(problem)
  }
  /** An error of its timers and promises, which it does not await, fails this test or the end. */
  const isLate = (error: unknown): boolean => {
    if (isJudged) tell(problemAfter(test.name, error))
    return isJudged
  }
  /** Known findings of loading the modules, on a machine that has not run a test yet. */
  const knownOfLoad = async (): Promise<readonly FindingReport[]> => {
    if (!session.guards.areNew) return []
    await session.mark()
    return (await reports.of(found.take())).filter(({ allowed }) => allowed !== undefined)
  }

  const runAndJudge = async (t: Test): Promise<readonly Problem[]> => {
    let taint = { before: 0, after: 0 }
    let off: readonly string[] = []
    session.kernel.onReport = finding => {
      if (reports.isKnown(finding)) session.guards.armAfter(finding)
    }
    const before = await stage(deadline.limitMs, async () => {
      const wanted = modulesOf(test, suite)
      const state = await stateBefore(session, wanted, invariants, guestSince)
      await session.guards.rearm(await knownOfLoad())
      guest = guestSince(state.mark)
      return state
    })
    const { spent } = session.guards
    if (before === undefined || guest === undefined) {
      // Reports about modules that do not load belong to this test, too.
      await stage(verdictMs, async () => {
        await session.mark()
        found.take()
      })
    } else if (spent !== undefined) {
      found.problems.push(unguardedProblem(spent))
      // Includes known findings of loading its modules: they may be the reason.
      found.take()
    } else {
      const live = guest
      await stage(deadline.limitMs, async () => {
        await strays.of(isLate, () => test.body(t, live, point => points.push(point)))
        hasReturned = true
      })
      live.end(use => tell(problemAfter(test.name, use)))
      const ends = () => stateAfter(session, before.health, invariants, guestSince(before.mark))
      const ended = await stage(verdictMs, ends, true)
      if (ended !== undefined) {
        found.problems.push(...ended.leftBehind)
        taint = { before: before.health.taint, after: ended.health.taint }
        const isLast = isLastUse(test, session, site, ended.loaded)
        // After a failure the machine is thrown away.
        if (!isLast || !t.passing() || found.problems.length > 0) after = ended
        else await stage(deadline.limitMs, async () => found.take(await unloadModules(session)))
      }
      const read = async (): Promise<void> => {
        if (after === undefined) await session.mark()
        off = await session.guards.rearm()
        found.take()
      }
      await stage(verdictMs, read, true)
    }
    const shown = await found.reports()
    const checks = checksOff(session.guards, off, shown)
    unguarded = checks.unguarded
    const tainted = newlyTainted(taint.before, taint.after, shown, taints)
    // Errors of callbacks that the body left must show now, not in a later test.
    await new Promise(resolve => setImmediate(resolve))
    const own = [...checks.problems, ...tainted, ...findingProblems(shown), ...strays.take()]
    isJudged = true
    return [...found.problems, ...own]
  }
  const { problems, skipped, tap, whole } = await attempt(test.name, runAndJudge, tell)
  session.kernel.onReport = undefined
  signal.throwIfAborted()
  const result = found.result(problems, unguarded, { tap, skipped })
  if (isSound({ ...result, points })) session.lastState = after
  const sweeps = guest?.sweeps ?? []
  const loads = session.modules.takeLoads()
  return {
    ...result,
    ...(points.length > 0 ? { points } : {}),
    ...(loads.length > 0 ? { loads } : {}),
    ...(sweeps.length > 0 ? { sweeps } : {}),
    ...(found.overrun || !whole ? { overrun: true } : {}),
    ...(found.stuckIn === undefined ? {} : { stuckIn: found.stuckIn }),
  }
}

const unguardedProblem = (spent: string): Problem => ({
  kind: 'unguarded',
  message: `this machine's kernel does not report everything any more: ${spent}`,
})
