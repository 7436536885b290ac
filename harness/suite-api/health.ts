import { scaledHere } from '../platform/waiting/deadlines.js'
import { readUntil } from '../platform/waiting/read-until.js'
import type { FindingReport, Problem } from '../contract/events.js'
import { ownReferences, readProcModules } from '../guest/index.js'
import {
  differencesOf,
  newTaints,
  referencesLeft,
  type FindingKind,
  type Invariants,
  type References,
} from '../verdict/index.js'
import type { Invariant } from './registry.js'
import type { TestGuest } from './test-guest.js'

/** Time for the kernel's deferred releases: fput and unix-socket garbage collection. */
const SETTLE_MS = 5_000

const TAINTED = '/proc/sys/kernel/tainted'

/** What must not change while a test runs. */
export interface Health {
  readonly taint: number
  readonly references: References
  readonly invariants: Invariants
}

export async function readHealth(
  guest: TestGuest,
  invariants: readonly Invariant[],
): Promise<Health> {
  const [taint, references, ...values] = await Promise.all([
    readTaint(guest),
    readReferences(guest),
    ...invariants.map(({ read }) => read(guest)),
  ])
  const named = invariants.map(({ name }, index) => [name, values[index] ?? ''] as const)
  return { taint, references, invariants: Object.fromEntries(named) }
}

/**
 * Reads until invariants and references are as before, or until the time to settle is over.
 * @returns the last reading, and what differs
 */
export async function readUntilSettled<T extends { readonly health: Health }>(
  before: Health,
  read: () => Promise<T>,
): Promise<T & { readonly leftBehind: readonly Problem[] }> {
  const differencesIn = ({ health }: T) => [
    ...referencesLeft(before.references, health.references),
    ...differencesOf(before.invariants, health.invariants),
  ]
  const isSettled = (reading: T): boolean => differencesIn(reading).length === 0
  const reading = await readUntil(read, isSettled, scaledHere(SETTLE_MS))
  const leftBehind = differencesIn(reading).map((difference): Problem => {
    return { kind: 'left-behind', message: `left behind: ${difference}` }
  })
  return { ...reading, leftBehind }
}

/** Taint letters that reports set, with their kinds: a known false alarm excuses its letter. */
const SET_BY: Readonly<Record<string, readonly FindingKind[]>> = {
  // WARN(), and explicit add_taint(): kernel/sched/core.c
  W: [
    'warning',
    'debug-objects',
    'dma-api',
    'fortify',
    'list-corruption',
    'refcount',
    'scheduling-while-atomic',
    'sleeping-in-atomic',
    'sysfs',
    'usercopy',
  ],
  // mm/kasan/report.c, mm/slub.c, mm/page_alloc.c, mm/memory.c
  B: ['kasan', 'bad-page', 'slub'],
  L: ['soft-lockup'],
}

/** /proc/sys/kernel/tainted */
const readTaint = async (guest: TestGuest): Promise<number> => Number(await guest.readFile(TAINTED))

/** Of the modules under test. */
async function readReferences(guest: TestGuest): Promise<References> {
  const [lines, tested] = await Promise.all([readProcModules(guest), guest.modules.loaded()])
  const own = lines.filter(([name = '']) => tested.includes(name))
  return Object.fromEntries(own.map(line => [line[0] ?? '', ownReferences(line)] as const))
}

/**
 * Taints that were set since `before`.
 *
 * @param findings since `before`: known false alarms taint the kernel, too
 * @param own letters that the tests cause themselves
 */
export function newlyTainted(
  before: number,
  after: number,
  findings: readonly FindingReport[],
  own: readonly string[] = [],
): Problem[] {
  const isExcused = (letter: string): boolean =>
    own.includes(letter) ||
    findings.some(
      ({ kind, allowed }) =>
        allowed !== undefined && SET_BY[letter]?.some(each => each === kind) === true,
    )
  return newTaints(before, after)
    .filter(({ letter }) => !isExcused(letter))
    .map(({ letter, meaning }): Problem => {
      return { kind: 'taint', message: `the kernel is tainted (${letter}): ${meaning}` }
    })
}
