import type { Problem } from '../contract/events.js'
import { scaled } from '../platform/deadlines.js'
import { EXIT, harnessError, ModproveError } from '../platform/errors.js'
import { CallTimeout } from '../guest/index.js'
import {
  findingProblems,
  lostProblem,
  readKmemleak,
  verdictOf,
  type Death,
  type Finding,
} from '../verdict/index.js'
import { problemOf } from './attempt.js'
import type { FindingReports } from '../session/finding-reports.js'
import type { Job } from '../session/job.js'
import { LATE_MS, listen } from '../session/listen.js'
import type { TestOutcome } from './run-test.js'
import { DeadlinePassed, MachineGone, race } from '../session/race.js'
import type { Session } from '../session/session.js'

interface Resting {
  readonly signal: AbortSignal
  /** Lends its turn to another job while `work` only waits. */
  readonly rest: <T>(work: () => Promise<T>) => Promise<T>
}

const KMEMLEAK = '/sys/kernel/debug/kmemleak'
const END_MS = 120_000
/** One scan reads all of the guest's memory: more than 90 s when emulated on a crowded host. */
const SCAN_MS = 30_000
/** mm/kmemleak.c, MSECS_MIN_AGE: younger objects are not reported. */
const KMEMLEAK_MIN_AGE_MS = 5_000

/**
 * Sleeps in the guest, as kmemleak's age limit is in the guest's time, until leaks are old enough
 * to be
 * reported.
 */
async function age({ guest }: Session): Promise<void> {
  if (await guest.exists(KMEMLEAK)) await guest.exec(['sleep', String(KMEMLEAK_MIN_AGE_MS / 1000)])
}

/** The verdict on a machine that ran to the end of its suite file. */
export async function suiteEnd(
  job: Job,
  session: Session,
  reports: FindingReports,
  { signal, rest }: Resting,
): Promise<TestOutcome> {
  const since = performance.now()
  const problems: Problem[] = []
  const findings: Finding[] = []
  let death: Death | undefined
  /**
   * Turns a failure into a problem, so that other checks still run; rethrows if the guest is gone.
   */
  const tolerated = async (work: Promise<void>): Promise<void> =>
    work.catch(async (error: unknown) => {
      await session.settled()
      if (session.isGone || error instanceof CallTimeout) throw error
      // A question that the harness could not ask is not the module's fault.
      const isOurs = error instanceof ModproveError && error.exitCode === EXIT.harness
      problems.push(problemOf(error, isOurs ? 'not-asked' : 'thrown'))
    })
  try {
    const limits = {
      gone: session.gone,
      limitMs: scaled(END_MS, job.machine.accelerator),
      signal,
      stoppedMs: () => session.machine.stoppedMs,
    }
    if (job.keep === undefined) await race(tolerated(session.modules.replace([])), limits)
    // Code that outlives its module crashes only after the unload.
    const lateMs = session.modules.sections.length > 0 ? LATE_MS : 0
    await rest(() => listen(session, lateMs, signal, age(session)))
    await race(
      (async () => {
        if (job.keep === undefined)
          await tolerated(session.outliving().then(found => void findings.push(...found)))
        await tolerated(leaks(job, session).then(found => void findings.push(...found)))
        await session.mark()
        findings.push(...session.takeFindings())
        const lost = session.takeLost()
        if (lost > 0) problems.push(lostProblem(lost, await session.lostReports()))
      })(),
      limits,
    )
  } catch (error) {
    signal.throwIfAborted()
    await session.settled()
    const late = error instanceof DeadlinePassed || error instanceof CallTimeout
    if (late || error instanceof MachineGone || session.isGone) {
      const last = await session.postMortem(late)
      death = last.death
      findings.push(...last.findings)
      const kind = late ? 'overrun' : 'death'
      problems.push({ kind, message: last.death.explanation, detail: last.evidence })
    } else {
      problems.push(problemOf(error))
      findings.push(...session.takeFindings())
    }
  }
  const shown = await reports.of(findings, signal)
  problems.push(...findingProblems(shown))
  const { unguarded } = session.guards
  const { sinceStillMs } = session.machine
  return {
    ...verdictOf({ problems, reports: shown, findings, death, sinceStillMs }),
    findings: shown,
    tap: '',
    durationMs: performance.now() - since,
    ...(unguarded.length > 0 ? { unguarded } : {}),
  }
}

/** Leaked objects, where the kernel has kmemleak. */
async function leaks(job: Job, session: Session): Promise<Finding[]> {
  const { guest } = session
  if (!(await guest.exists(KMEMLEAK))) return []
  // A pointer that moves during a scan is missed, so two scans must agree.
  const timeoutMs = scaled(SCAN_MS, job.machine.accelerator)
  for (let scan = 0; scan < 2; scan += 1) {
    const { code, stderr } = await guest.exec(`echo scan > ${KMEMLEAK}`, { timeoutMs })
    // kmemleak turns itself off for good when it cannot allocate its metadata.
    if (code !== 0) throw harnessError('KMEMLEAK_OFF', `kmemleak does not scan: ${stderr.trim()}`)
  }
  const text = await session.nameAddresses(await guest.readFile(KMEMLEAK))
  const names = job.modules.map(module => module.name)
  return readKmemleak(text, names, guest.log.last)
}
