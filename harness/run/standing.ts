import type { Problem } from '../events.js'
import { readHealth, readUntilSettled, type Health } from './health.js'
import type { Invariant, ModuleSpec } from './registry.js'
import type { Session } from './session.js'
import type { TestGuest } from './test-guest.js'

/** A guest between two tests. */
export interface Standing {
  readonly health: Health
  /** Names of the loaded modules. */
  readonly loaded: readonly string[]
  /** Sequence number of the kernel log's newest record. */
  readonly mark: number
  /** What the health was read by. */
  readonly invariants: readonly Invariant[]
}

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
  return readUntilSettled(before, async () => {
    const { values, mark } = await session.readAfterTest(() =>
      Promise.all([readHealth(guest, invariants), session.modules.loaded()]),
    )
    const [health, loaded] = values
    return { health, loaded, mark, invariants }
  })
}
