import type { FaultSweep, FindingReport, Problem } from '../contract/events.js'
import { scaled } from '../platform/deadlines.js'
import { CallTimeout } from '../guest/index.js'
import {
  findingProblems,
  lostProblem,
  verdictOf,
  type Death,
  type Finding,
  type Verdict,
} from '../verdict/index.js'
import { attempt, problemOf } from './attempt.js'
import type { FindingReports } from '../session/finding-reports.js'
import { mayComeOnce, turnedOffBy } from '../session/guards.js'
import { newlyTainted } from '../suite-api/health.js'
import type { Job } from '../session/job.js'
import { GuestSilent, LifeWatch } from '../session/life-watch.js'
import { LiveGuest } from '../session/live-guest.js'
import { DeadlinePassed, MachineGone, race } from '../session/race.js'
import type { Invariant, SuiteDefinition, TestDefinition } from '../suite-api/registry.js'
import type { Session } from '../session/session.js'
import { SleepWatch, TaskAsleep } from '../session/sleep-watch.js'
import { readSleepers } from '../session/sleepers.js'
import type { Standing } from '../session/standing.js'
import { standingAfter, standingBefore } from './before-and-after.js'
import type { StrayErrors } from './stray-errors.js'
import { deadlineNote, testDeadline } from './test-deadline.js'

const NO_INVARIANTS: readonly Invariant[] = []
/** For the verdict on a test: killing its processes, reading the log to its end. */
const VERDICT_MS = 15_000

/** The outcome of one try of one test. */
export interface TestOutcome extends Omit<Verdict, 'cause'> {
  readonly cause?: NonNullable<Verdict['cause']> | 'no-boot'
  readonly findings: readonly FindingReport[]
  readonly sweeps?: readonly FaultSweep[]
  /** Checks of the kernel that a known finding turned off before or during the test. */
  readonly unguarded?: readonly string[]
  /** The test's own TAP stream. */
  readonly tap: string
  readonly durationMs: number
  /** It exceeded its timeout. */
  readonly overrun?: boolean
  /** The function that it hung in, if known. */
  readonly stuckIn?: string
}

/** The class name of these errors does not help the user. */
const wordsOf = (error: unknown): string =>
  error instanceof DeadlinePassed || error instanceof GuestSilent || error instanceof TaskAsleep
    ? error.message
    : problemOf(error).message

export interface ProofContext {
  readonly job: Job
  readonly session: Session
  readonly suite: SuiteDefinition
  readonly reports: FindingReports
  readonly strays: StrayErrors
  readonly signal: AbortSignal
}

/**
 * One try of one test on a live machine, and the verdict on its part of the kernel log: loads its
 * modules,
 * runs its body, and checks that the kernel is as healthy as before.
 *
 * @throws the signal's reason when it aborts
 */
export async function runTest(test: TestDefinition, context: ProofContext): Promise<TestOutcome> {
  const { job, session, suite, reports, strays, signal } = context
  const since = performance.now()
  const { accelerator } = job.machine
  const deadline = testDeadline(test, suite, job)
  const { limitMs, asleepMs } = deadline
  const { invariants = NO_INVARIANTS } = suite.options
  const findings: Finding[] = []
  let shown: FindingReport[] = []
  let sweeps: readonly FaultSweep[] = []
  let overrun = false
  let after: Standing | undefined
  let off: readonly string[] = []
  let unguarded: readonly string[] = []
  let death: Death | undefined
  let stuckIn: string | undefined

  const { problems, skipped, tap, whole } = await attempt(test.name, async t => {
    const found: Problem[] = []
    let taint = { before: 0, after: 0 }
    /**
     * Runs one stage unless the machine is dead; its errors are problems of the test.
     *
     * @param trusting false if a failure means that the machine cannot be judged any more
     */
    const stage = async <T>(
      limit: number,
      work: () => Promise<T>,
      trusting = true,
    ): Promise<T | undefined> => {
      if (death !== undefined) return undefined
      const watch = new LifeWatch(() => session.life())
      const stoppedMs = (): number => session.machine.stoppedMs
      const sleep = new SleepWatch(() => readSleepers(session.guest), asleepMs, stoppedMs)
      try {
        return await race(work(), {
          gone: session.doomed,
          limitMs: limit,
          signal,
          stoppedMs,
          hung: [watch.silent, sleep.asleep],
        })
      } catch (error) {
        signal.throwIfAborted()
        await session.settled()
        const overdue = error instanceof DeadlinePassed
        // A call that does not return has overrun the test: its kernel stack is needed.
        const hung = error instanceof GuestSilent || error instanceof TaskAsleep
        const late = overdue || hung || error instanceof CallTimeout || !trusting
        overrun ||= late
        // How the machine ended says more than the call that failed by it.
        if (late || error instanceof MachineGone || session.isGone) {
          const last = await session.postMortem(late, late ? watch.answer() : undefined)
          death = last.death
          stuckIn = last.stuckIn
          findings.push(...last.findings)
          const message = late
            ? `${wordsOf(error)}${overdue ? deadlineNote(deadline) : ''}: ${last.death.explanation}`
            : last.death.explanation
          const kind = late ? 'overrun' : 'death'
          found.push({ kind, message, ...(last.evidence === '' ? {} : { detail: last.evidence }) })
        } else found.push(problemOf(error))
        return undefined
      } finally {
        watch.end()
        sleep.end()
      }
    }

    /** Known findings of loading the modules, on a machine that has not run a test yet. */
    const knownOfLoad = async (): Promise<readonly FindingReport[]> => {
      if (!session.guards.areNew) return []
      await session.mark()
      const loadFindings = session.takeFindings()
      findings.push(...loadFindings)
      return (await reports.of(loadFindings, signal)).filter(({ allowed }) => allowed !== undefined)
    }

    session.onReport = finding => {
      if (reports.isKnown(finding)) session.guards.armAfter(finding)
    }
    const begun = await stage(limitMs, async () => {
      const wanted = test.options.modules ?? suite.options.modules ?? []
      const guestSince = (mark: number) => new LiveGuest(session, job.ref, mark)
      const { mark, health } = await standingBefore(session, wanted, invariants, guestSince)
      const spent = await session.unguarded(await knownOfLoad())
      return { guest: guestSince(mark), before: health, spent }
    })
    if (begun?.spent !== undefined) {
      found.push(begun.spent)
      // Includes known findings of loading its modules: they may be the reason.
      findings.push(...session.takeFindings())
    } else if (begun !== undefined) {
      const { guest, before } = begun
      sweeps = guest.sweeps
      await stage(limitMs, async () => test.body(t, guest))
      await stage(
        scaled(VERDICT_MS, accelerator),
        async () => {
          const { leftBehind, ...standing } = await standingAfter(
            session,
            before,
            invariants,
            guest,
          )
          after = standing
          found.push(...leftBehind)
          taint = { before: before.taint, after: standing.health.taint }
          off = await session.guards.rearm()
          findings.push(...session.takeFindings())
        },
        false,
      )
    } else {
      // Reports about modules that do not load belong to this test, too.
      await stage(scaled(VERDICT_MS, accelerator), async () => {
        await session.mark()
        findings.push(...session.takeFindings())
      })
    }
    if (death === undefined) {
      const lost = session.takeLost()
      if (lost > 0) found.push(lostProblem(lost, await session.lostReports()))
    }
    shown = await reports.of(findings, signal)
    session.guards.note(shown)
    const excused = turnedOffBy(shown, off)
    const silent = off.filter(name => !excused.includes(name))
    if (silent.length > 0) found.push(wentOff(silent))
    const known = shown.filter(({ allowed }) => allowed !== undefined)
    unguarded = leftOff(session.guards.unguarded, turnedOffBy(known, off), known)
    found.push(...newlyTainted(taint.before, taint.after, shown, suite.options.taints))
    found.push(...findingProblems(shown))
    // Errors of callbacks that the body left must show now, not in a later test.
    await new Promise(resolve => setImmediate(resolve))
    found.push(...strays.take())
    return found
  })
  session.onReport = undefined
  signal.throwIfAborted()
  overrun ||= !whole
  const durationMs = performance.now() - since
  const { sinceStillMs } = session.machine
  const verdict = verdictOf({ problems, reports: shown, findings, death, skipped, sinceStillMs })
  if (verdict.status === 'pass' || verdict.status === 'skip') session.standing = after
  return {
    ...verdict,
    findings: shown,
    tap,
    durationMs,
    ...(sweeps.length > 0 ? { sweeps } : {}),
    ...(unguarded.length > 0 ? { unguarded } : {}),
    ...(overrun ? { overrun } : {}),
    ...(stuckIn === undefined ? {} : { stuckIn }),
  }
}

/** Checks that known findings turned off, or that may report only once and have. */
const leftOff = (
  atLoad: readonly string[],
  off: readonly string[],
  known: readonly FindingReport[],
): string[] => [
  ...new Set([...atLoad, ...off, ...known.filter(mayComeOnce).map(({ kind }) => kind)]),
]

/** The problem of checks that turned off without a report. */
const wentOff = (names: readonly string[]): Problem => ({
  kind: 'unguarded',
  message: `${names.join(', ')}: went off while it ran, without a report that explains it: it may have missed findings`,
})
