import type { Problem } from '../contract/events.js'
import type { OtherProcess } from '../guest/index.js'
import { readHealth, readUntilSettled, type Health } from '../suite-api/health.js'
import type { ModuleSpec } from '../suite-api/module-spec.js'
import type { Invariant } from '../suite-api/registry.js'
import type { Session } from '../session/session.js'
import type { Standing } from '../session/standing.js'
import type { TestGuest } from '../suite-api/test-guest.js'

/**
 * The guest as a test finds it, with the modules it wants. It is not read again where the test before left it so.
 * @throws ModproveError `MODULE_DOES_NOT_LOAD`
 */
export async function standingBefore(
  session: Session,
  wanted: readonly ModuleSpec[],
  invariants: readonly Invariant[],
  guestSince: (mark: number) => TestGuest,
): Promise<Pick<Standing, 'health' | 'mark'>> {
  const { standing } = session
  session.standing = undefined
  const isUsable =
    standing?.invariants === invariants && session.modules.match(standing.loaded, wanted)
  if (isUsable) return standing
  const mark = await session.loadModules(wanted)
  return { mark, health: await readHealth(guestSince(mark), invariants) }
}

/**
 * The guest when the processes of a test are gone, and what is not as before it; values are read again until they
 * agree or the kernel has had its time. The log was read to its end after that.
 */
export async function standingAfter(
  session: Session,
  before: Health,
  invariants: readonly Invariant[],
  guest: TestGuest,
): Promise<Standing & { readonly leftBehind: readonly Problem[] }> {
  const running: OtherProcess[] = []
  const standing = await readUntilSettled(before, async () => {
    const { values, mark, left } = await session.readAfterTest(() =>
      Promise.all([readHealth(guest, invariants), session.modules.loaded()]),
    )
    running.push(...left)
    const [health, loaded] = values
    return { health, loaded, mark, invariants }
  })
  return { ...standing, leftBehind: [...leftRunning(running), ...standing.leftBehind] }
}

/** A test has a verdict when its work has ended: what goes on may yet break something, in another test. */
function leftRunning(left: readonly OtherProcess[]): Problem[] {
  const names = [...new Set(left.map(({ name }) => name))]
  return names.map(name => {
    const pids = left.filter(other => other.name === name).map(({ pid }) => pid)
    return {
      kind: 'left-running',
      message: `left running: ${name}`,
      detail:
        `${left.length === 1 ? 'a process' : 'processes'} of this test that nothing waited for, killed when the test was over: ${pids.join(', ')}\n` +
        'A program has to wait for its children, or to end them. What is to run beside a test is started by guest.connection.stream(), and ended with the test.',
    }
  })
}
