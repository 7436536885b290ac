import type { Problem } from '../contract/events.js'
import type { OtherProcess } from '../guest/index.js'
import { scaledHere } from '../platform/waiting/deadlines.js'
import { LATE_MS } from '../session/listen.js'
import { readHealth, readUntilSettled, type Health } from '../suite-api/health.js'
import type { ModuleSpec } from '../suite-api/module-spec.js'
import type { Invariant } from '../suite-api/registry.js'
import type { Session } from '../session/session.js'
import type { GuestState } from '../session/guest-state.js'
import type { TestGuest } from '../suite-api/test-guest.js'

/** What {@link stateAfter} compares with, and the mark of the log before the test. */
export type StateBefore = Pick<GuestState, 'health' | 'mark'>

/**
 * The guest's state before a test, with its modules; not read again if still known.
 * @throws ModproveError `MODULE_DOES_NOT_LOAD`
 */
export async function stateBefore(
  session: Session,
  wanted: readonly ModuleSpec[],
  invariants: readonly Invariant[],
  guestSince: (mark: number) => TestGuest,
): Promise<StateBefore> {
  const { lastState } = session
  session.lastState = undefined
  const isUsable =
    lastState?.invariants === invariants && session.modules.match(lastState.loaded, wanted)
  if (isUsable) return lastState
  const mark = await session.loadModules(wanted)
  // What began with a module's load began in no test.
  const [health] = await Promise.all([
    readHealth(guestSince(mark), invariants),
    session.threads.look(session.guest),
  ])
  return { mark, health }
}

/**
 * The guest's state after a test's processes are gone, and how it differs from before. It is read
 * again until it agrees or the time limit passes; then the log is read to its end.
 */
export async function stateAfter(
  session: Session,
  before: Health,
  invariants: readonly Invariant[],
  guest: TestGuest,
  test: string,
): Promise<GuestState & { readonly leftBehind: readonly Problem[] }> {
  const running: OtherProcess[] = []
  const state = await readUntilSettled(before, async () => {
    const readings = () =>
      Promise.all([
        readHealth(guest, invariants),
        session.modules.loaded(),
        session.threads.look(session.guest, test),
      ])
    const kept = [session.modules.process]
    const read = await session.guest.readWithoutProcesses(kept, readings, scaledHere(LATE_MS))
    running.push(...read.left)
    const [health, loaded] = read.values
    return { health, loaded, mark: read.last, invariants }
  })
  return { ...state, leftBehind: [...leftRunning(running), ...state.leftBehind] }
}

/** A process that continues might break a later test. */
function leftRunning(left: readonly OtherProcess[]): Problem[] {
  const names = [...new Set(left.map(({ name }) => name))]
  return names.map(name => {
    const pids = left.filter(other => other.name === name).map(({ pid }) => pid)
    return {
      kind: 'left-running',
      message: `left running: ${name}`,
      detail:
        `${left.length === 1 ? 'a process' : 'processes'} of this test that it did not wait for, killed after the test: ${pids.join(', ')}\n` +
        'A program must wait for its children or end them. Start background programs by guest.stream(); they are ended with the test.',
    }
  })
}
