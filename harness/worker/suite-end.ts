import { scaled } from '../platform/waiting/deadlines.js'
import { ModproveError } from '../platform/errors.js'
import { CallTimeout, SyscallError } from '../guest/index.js'
import { findingProblems, problemOf, type Finding } from '../verdict/index.js'
import { Examination } from './examination.js'
import type { JobSite } from './job-site.js'
import { ageLeaks, leakedObjects, leakedPages } from './leaks.js'
import { LifeWatch } from '../session/life/life-watch.js'
import { LATE_MS, listen } from '../session/listen.js'
import { starterOf, startersOf } from './thread-starters.js'
import { mergeEnds, type TryResult } from './try-result.js'
import type { Session } from '../session/session.js'

const END_MS = 120_000

type EndSite = Pick<JobSite, 'job' | 'reports' | 'signal' | 'whileIdle' | 'late'>

/** What still holds a module may let go of it while reports are waited for. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof SyscallError)) throw error
}

/**
 * The verdict on one machine that ran to the end of its suite file. What a module's exit forgets to
 * cancel has run out by then: the last test arms it once more, and the modules go at once.
 * @param runLastTest runs that test once more; only what the kernel says of it counts
 */
export async function suiteEnd(
  session: Session,
  { job, reports, signal, whileIdle, late }: EndSite,
  runLastTest: () => Promise<TryResult>,
): Promise<TryResult> {
  const found = new Examination(session, reports, signal)
  const limits = { gone: session.gone, limitMs: scaled(END_MS, job.machine.accelerator) }
  /** Turns a failure into a problem, so that other checks still run; not if the guest is gone. */
  const tolerated = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work
    } catch (error) {
      await session.settled()
      if (session.isGone || error instanceof CallTimeout) throw error
      // A question that the harness could not ask is not the module's fault.
      const isOurs = error instanceof ModproveError && error.outcome === 'harness'
      found.problems.push(problemOf(error, isOurs ? 'not-asked' : undefined))
      return undefined
    }
  }
  /** What loops in an exit function is seen long before the limit. */
  const watched = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const life = new LifeWatch(() => session.life())
    const asked = () => life.answer()
    try {
      return await found.stage(work, { ...limits, hung: [life.watch.failed], asked })
    } finally {
      life.watch.end()
    }
  }
  const unload = () => tolerated(session.modules.replace([]).then(() => true))
  const areUnloaded = job.keep === undefined && (await watched(unload)) === true
  const wereLoaded = session.modules.sections.length > 0
  let again: TryResult | undefined
  // Of a kernel that reports no more, no test is judged.
  if (areUnloaded && wereLoaded && session.guards.spent === undefined) {
    session.lastState = undefined
    again = await runLastTest()
    if (again.cause !== undefined) return again
    await watched(() => session.modules.replace([]).catch(unlessRefused))
  }
  // Code that outlives its module crashes only after the unload.
  const lateMs = wereLoaded ? LATE_MS : 0
  if (!found.isOver)
    found.waitedMs = await whileIdle(() => listen(session, lateMs, signal, ageLeaks(session)))
  await found.stage(async () => {
    // What belongs to a module that did not unload does not outlive it.
    if (areUnloaded && (await unload()) === true) {
      found.take((await tolerated(session.outliving())) ?? [])
      found.take((await tolerated(leakedPages(session))) ?? [])
      // One that a module of the project still holds is not unloaded.
      await tolerated(session.modules.unloadNeeded())
    }
    found.take((await tolerated(leakedObjects(session))) ?? [])
    await session.mark()
  }, limits)
  if (!found.isOver) found.take()
  const shown = await found.closeLog()
  for (const each of startersOf(found.unknown, session)) late.add(each)
  const problems = [...found.problems, ...findingProblems(shown)]
  const { foreign, ...judged } = found.result(problems, session.guards.unguarded, { tap: '' })
  const isStarted = (finding: Finding) => starterOf(finding, session) !== undefined
  // Of a thread whose test is known, no test needs to run again.
  const end = foreign && !found.unknown.every(isStarted) ? { ...judged, foreign } : judged
  const isComplaint = again?.findings.some(({ allowed }) => allowed === undefined) === true
  const isLeft = shown.some(({ kind, allowed }) => kind === 'outliving' && allowed === undefined)
  // The second load may fail only by what the first left.
  const isOfLeft = isLeft && again?.loads?.some(({ ok }) => !ok) === true
  return again !== undefined && isComplaint && !isOfLeft ? mergeEnds([end], again) : end
}
