import { setTimeout as pause } from 'node:timers/promises'
import type { FindingReport, Problem } from '../events.js'
import { compareInvariants, newTaints, type Invariants } from '../verdict/index.js'
import type { Invariant } from './registry.js'
import type { TestGuest } from './test-guest.js'

/** How long the kernel may take to let go of what a test held: fput and unix-socket collection are deferred. */
const SETTLE_MS = 5_000
/** Between two readings: the guest's one processor has to come to its own work. */
const AGAIN_MS = 50

const TAINTED = '/proc/sys/kernel/tainted'

/** What must not change while a test runs. */
export interface Health {
  readonly taint: number
  readonly invariants: Invariants
}

export async function readHealth(
  guest: TestGuest,
  invariants: readonly Invariant[],
): Promise<Health> {
  const [taint, ...values] = await Promise.all([
    readTaint(guest),
    ...invariants.map(({ read }) => read(guest)),
  ])
  const named = invariants.map(({ name }, index) => [name, values[index] ?? ''] as const)
  return { taint, invariants: Object.fromEntries(named) }
}

/** The invariants that differ from before; values are read again until they agree or the kernel has had its time. */
export async function leftBehind(
  guest: TestGuest,
  before: Health,
  invariants: readonly Invariant[],
): Promise<Problem[]> {
  const since = performance.now()
  for (;;) {
    const after = await readHealth(guest, invariants)
    const breaches = compareInvariants(before.invariants, after.invariants)
    if (breaches.length === 0 || performance.now() - since >= SETTLE_MS)
      return breaches.map(({ difference }) => ({ message: `left behind: ${difference}` }))
    await pause(AGAIN_MS)
  }
}

/** Kinds of findings that the kernel makes by WARN(): dma-debug's, too (kernel/dma/debug.c, err_printk). */
const WARNS = ['warning', 'dma-api']

/** /proc/sys/kernel/tainted */
export const readTaint = async (guest: TestGuest): Promise<number> =>
  Number(await guest.readFile(TAINTED))

/**
 * What taints the kernel that did not before.
 *
 * @param findings of the time between: a warning that is known to be a false alarm taints as every warning does
 * @param own letters of what the tests cause themselves
 */
export function newlyTainted(
  before: number,
  after: number,
  findings: readonly FindingReport[],
  own: readonly string[] = [],
): Problem[] {
  const excused = findings.some(
    ({ kind, allowed }) => WARNS.includes(kind) && allowed !== undefined,
  )
  return newTaints(before, after)
    .filter(({ letter }) => (letter !== 'W' || !excused) && !own.includes(letter))
    .map(({ letter, meaning }) => ({ message: `the kernel is tainted (${letter}): ${meaning}` }))
}
