import type { Test } from 'tap'
import type { Problem } from '../contract/events.js'
import type { Session } from '../session/session.js'
import type { TestDefinition } from '../suite-api/registry.js'
import { Examination } from './examination.js'
import { TestSteps, type TestSite } from './test-steps.js'
import { isSound, type TryResult } from './try-result.js'
import { withTap } from './with-tap.js'

/**
 * One try of one test on a live machine, and the verdict on its part of the kernel log. JobMachine
 * calls it, with its session; runAfterOthers then decides whether an earlier test is to blame.
 *
 * A line of the kernel's log is charged to the test whose Examination takes it: all lines from the
 * load of its modules until {@link TestSteps.after} has read the log to its end.
 *
 * @throws the signal's reason when it aborts
 */
export async function runTest(
  test: TestDefinition,
  session: Session,
  site: TestSite,
): Promise<TryResult> {
  const found = new Examination(session, site.reports, site.signal)
  const steps = new TestSteps(test, session, site, found)
  session.modules.takeLoads()
  let isPrepared = true
  const inOrder = async (t: Test): Promise<readonly Problem[]> => {
    const before = await steps.before()
    const { spent } = session.guards
    isPrepared = before !== undefined
    if (before === undefined) await steps.takeLoadFailure()
    else if (spent !== undefined) steps.refuse(spent)
    else {
      await steps.body(t, before.mark)
      await steps.after(t, before)
    }
    return steps.judge()
  }
  const { unawaited, points } = steps
  const ended = await withTap(test.name, inOrder, problem => unawaited.add(problem))
  session.kernel.onReport = undefined
  site.signal.throwIfAborted()
  const result = found.result(ended.problems, steps.unguarded, ended)
  if (isSound({ ...result, points })) session.lastState = steps.state
  const loads = session.modules
    .takeLoads()
    .map(load => (load.ok || isPrepared ? load : { ...load, isInTheWay: true as const }))
  const { sweeps } = steps
  return {
    ...result,
    ...(points.length > 0 ? { points } : {}),
    ...(loads.length > 0 ? { loads } : {}),
    ...(sweeps.length > 0 ? { sweeps } : {}),
    ...(found.overrun || !ended.whole ? { overrun: true } : {}),
    ...(found.stuckIn === undefined ? {} : { stuckIn: found.stuckIn }),
  }
}
