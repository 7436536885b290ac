import type { Test } from 'tap'
import { failureError } from '../platform/errors.js'
import type { FailNthOutcome, Process } from '../guest/index.js'
import { Complaints } from './complaints.js'
import { readHealth, readUntilSettled } from './health.js'
import type { Invariant } from './registry.js'
import type { TestGuest } from './test-guest.js'

/** A system call of which each point of failure is tried, with its setup and cleanup. */
export interface FaultScenario<Ready, Result> {
  /** Part of a message: `attach`. */
  readonly name: string
  /** Makes the call. */
  readonly process: Process
  /** Must be unchanged afterwards, besides its descriptors and the references of modules. */
  readonly invariants?: readonly Invariant[]
  /**
   * Names of what is there that the call or the undo should not leave. A look takes seconds: one
   * after the first failure at each place in a module, and one at the end.
   */
  readonly leftovers?: () => Promise<readonly string[]>
  /** Everything before the call; no failures are injected into it. */
  readonly prepare: (process: Process) => Promise<Ready>
  /** The one system call, made with the armed process. */
  readonly call: (armed: Process, ready: Ready) => Promise<Result>
  /** Undoes `prepare`, and the call if it succeeded (the outcome has no error). */
  readonly undo: (ready: Ready, outcome: FailNthOutcome<Result>, process: Process) => Promise<void>
  /** Error codes it may fail with; default ENOMEM, and EFAULT for copies from and to user space. */
  readonly errors?: readonly string[]
  /** The first point that `sweep` makes fail; default 1. It skips points that are all alike. */
  readonly first?: number
  /** A function of the kernel: `sweepModule` skips the points before it, which are its caller's. */
  readonly within?: string
  /** More points of failure than this are `SWEEP_ENDLESS`. */
  readonly maxPoints?: number
}

/** What came of one call. */
export interface CallEnd {
  /** Whether it had the point that was to fail. */
  readonly injected: boolean
  /** The functions that were running, inner first; empty where the kernel does not say. */
  readonly calls: readonly string[]
  readonly failed: boolean
  /** Whether nothing was left behind. */
  readonly clean: boolean
}

/** The call of a scenario, and what it may not change. */
export interface FailingCall {
  /** How many points of failure it has; that differs a little from one call to the next. */
  readonly points: number
  /** How many places in modules have failed. */
  readonly places: () => number
  /**
   * Makes the call with its nth point failing, and checks what came of it.
   * @throws ModproveError `SWEEP_STOPPED` by a finding
   */
  readonly make: (n: number) => Promise<CallEnd>
  /** Makes the call with none failing, and looks at what all of them left. */
  readonly finish: () => Promise<void>
}

const ERRORS = ['ENOMEM', 'EFAULT']
const MAX_POINTS = 1000

/** @throws ModproveError `SWEEP_ENDLESS` beyond `maxPoints` */
export async function failingCall<Ready, Result>(
  t: Test,
  guest: TestGuest,
  scenario: FaultScenario<Ready, Result>,
): Promise<FailingCall> {
  const { name, process, prepare, call, undo, errors = ERRORS, maxPoints = MAX_POINTS } = scenario
  const leftovers = scenario.leftovers ?? (() => Promise.resolve([]))
  const invariants = [lowestFree(process), ...(scenario.invariants ?? [])]
  const attempt = async (n: number) => {
    const ready = await prepare(process)
    const outcome = await process.failNth(n, armed => call(armed, ready))
    await undo(ready, outcome, process)
    return outcome
  }
  // The first call fills caches, which would count as left behind.
  const { failuresLeft } = await attempt(maxPoints + 1)
  if (failuresLeft === 0)
    throw failureError(
      'SWEEP_ENDLESS',
      `${name} has more than ${maxPoints} points of failure; is it one system call?`,
    )
  const points = maxPoints + 1 - failuresLeft
  const before = await readHealth(guest, invariants)
  const there = new Set(await leftovers())
  const complaints = await Complaints.since(guest)
  const places = new Set<string>()
  const judged = async (n: number, isLast: boolean): Promise<CallEnd> => {
    const { injected, error } = await attempt(n)
    const { findings, calls, place } = await complaints.next()
    const where = injected
      ? `failure ${n}${place === '' ? '' : ` in ${place}`}`
      : 'without a failure'
    const at = `${name}, ${isLast ? 'after all' : where}`
    for (const finding of findings) {
      const what = `${at}: ${finding.kind}: ${finding.title}`
      if (!guest.isKnown(finding)) throw stoppedAt(n, points, what)
      t.comment(what)
    }
    const { leftBehind } = await readUntilSettled(before, async () => ({
      health: await readHealth(guest, invariants),
    }))
    const messages = leftBehind.map(({ message }) => message)
    const isNew = error !== undefined && place !== '' && !places.has(place)
    if (isNew) places.add(place)
    const left = isNew || isLast ? (await leftovers()).filter(each => !there.has(each)) : []
    if (left.length > 0) messages.push(`left behind: ${left.join('; ')}`)
    for (const message of messages) t.fail(`${at}: ${message}`)
    if (error !== undefined && !(injected && errors.includes(error.code)))
      t.fail(`${at}: ${error.message}`)
    return { injected, calls, failed: error !== undefined, clean: messages.length === 0 }
  }
  return {
    points,
    places: () => places.size,
    make: n => judged(n, false),
    finish: async () => void (await judged(maxPoints + 1, true)),
  }
}

const stoppedAt = (n: number, points: number, what: string) =>
  failureError(
    'SWEEP_STOPPED',
    `${what}; ${n} of about ${Math.max(n, points)} points were tried, and the others were not`,
  )

/** A leaked descriptor occupies the lowest free number. */
const lowestFree = (process: Process): Invariant => ({
  name: `lowest free descriptor of process ${process.pid}`,
  read: async () => {
    const copy = await process.dup(0)
    await copy.close()
    return copy.fd
  },
})
