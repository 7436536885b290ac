import type { Test } from 'tap'
import { failureError, usageError } from '../platform/errors.js'
import type { FaultSweep } from '../contract/events.js'
import { SyscallError, type FailNthOutcome, type Process } from '../guest/index.js'
import { Complaints } from './complaints.js'
import { readHealth, readUntilSettled } from './health.js'
import { withQuietConsole } from './quiet-console.js'
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
  /**
   * How often a tolerated point is tried; default 2. Once is enough where most points are in the
   * kernel's own code, and each try is slow.
   */
  readonly tries?: number
  /**
   * By how many points a call may differ from the next, so that some are passed over: those around
   * a module's are tried again until no place in it is new. Default 0: they are not.
   */
  readonly shift?: number
  /** The first point that is made to fail; default 1. It skips points that are all alike. */
  readonly first?: number
  /** More points of failure than this are `SWEEP_ENDLESS`. */
  readonly maxPoints?: number
}

const ERRORS = ['ENOMEM', 'EFAULT']
const MAX_POINTS = 1000
/**
 * Sometimes an allocation needs a new page, or debugging saves a stack: that call has one point
 * more than the next. Trying a tolerated point again reaches the point that was shifted.
 */
const TRIES_OF_A_TOLERATED = 2
/** Where its number shifts from call to call, one pass passes over one place in three. */
const PASSES_WITHOUT_NEW = 2

/** By default sleeping allocations and single pages never fail (Documentation/fault-injection). */
const KNOBS = [
  ['failslab/ignore-gfp-wait', 'N'],
  ['fail_page_alloc/ignore-gfp-wait', 'N'],
  ['fail_page_alloc/min-order', '0'],
] as const

/**
 * Repeats a call with its 1st, 2nd, … point of failure failing (fail-nth), until none is left.
 * Each time it must fail with an expected code or succeed, and leave nothing behind. The first
 * finding in the kernel log ends the sweep: what follows would mostly be its consequences. Known
 * false alarms do not; a comment names their point of failure.
 *
 * @throws ModproveError `NO_FAULT_INJECTION` (exit 2), `SWEEP_STOPPED` by a finding,
 * `SWEEP_ENDLESS` beyond `maxPoints`
 */
export async function sweep<Ready, Result>(
  t: Test,
  guest: TestGuest,
  scenario: FaultScenario<Ready, Result>,
): Promise<void> {
  await letFail(guest)
  // The kernel logs each failure with a stack trace.
  const counts = await withQuietConsole(guest, () => failInTurn(t, guest, scenario))
  const summary = `${counts.points} points of failure, ${counts.tolerated} of them tolerated`
  t.ok(counts.points > 0, `${scenario.name}: ${summary}`)
  guest.sweeps.push({ scenario: scenario.name, ...counts })
}

async function failInTurn<Ready, Result>(
  t: Test,
  guest: TestGuest,
  scenario: FaultScenario<Ready, Result>,
): Promise<Omit<FaultSweep, 'scenario'>> {
  const { name, process, prepare, call, undo, errors = ERRORS, maxPoints = MAX_POINTS } = scenario
  const {
    tries = TRIES_OF_A_TOLERATED,
    first = 1,
    shift = 0,
    leftovers = () => Promise.resolve([]),
  } = scenario
  const invariants = [lowestFree(process), ...(scenario.invariants ?? [])]
  const attempt = async (n: number) => {
    const ready = await prepare(process)
    const outcome = await process.failNth(n, armed => call(armed, ready))
    await undo(ready, outcome, process)
    return outcome
  }
  // The first call fills caches, which would count as left behind.
  const uninjected = await attempt(maxPoints + 1)
  const all = maxPoints + 1 - uninjected.failuresLeft
  const before = await readHealth(guest, invariants)
  const there = new Set(await leftovers())
  const newLeftovers = async () => (await leftovers()).filter(each => !there.has(each))
  /** By place in a module, its first point; the kernel's own is one place. */
  const places = new Map<string, number>()
  const complaints = await Complaints.since(guest)
  const counts = { points: 0, errors: 0, tolerated: 0 }
  /** Makes the nth point fail, and checks the outcome. */
  const judged = async (n: number) => {
    const { injected, error } = await attempt(n)
    const { findings, place } = await complaints.next()
    const at = `${name}, failure ${n}${place === '' ? '' : ` in ${place}`}`
    for (const finding of findings) {
      const what = `${at}: ${finding.kind}: ${finding.title}`
      if (!guest.isKnown(finding)) throw stoppedAt(n, all, what)
      t.comment(what)
    }
    const { leftBehind } = await readUntilSettled(before, async () => ({
      health: await readHealth(guest, invariants),
    }))
    const isNew = injected && error !== undefined && !places.has(place)
    if (isNew) places.set(place, n)
    const left = isNew || !injected ? await newLeftovers() : []
    const messages = leftBehind.map(({ message }) => message)
    if (left.length > 0) messages.push(`left behind: ${left.join('; ')}`)
    for (const message of messages) t.fail(`${injected ? at : `${name}, after all`}: ${message}`)
    if (error !== undefined && !(injected && errors.includes(error.code)))
      t.fail(`${injected ? at : `${name}, without a failure`}: ${error.message}`)
    return { injected, isNew, failed: error !== undefined, clean: messages.length === 0 }
  }
  for (let n = first; ; n += 1) {
    if (n > maxPoints) {
      throw failureError(
        'SWEEP_ENDLESS',
        `${name} still has points of failure after ${maxPoints}; is it one system call?`,
      )
    }
    let seen = await judged(n)
    for (let more = tries - 1; more > 0 && seen.injected && seen.clean && !seen.failed; more -= 1)
      seen = await judged(n)
    if (!seen.clean) return counts
    if (!seen.injected) break
    counts.points += 1
    counts[seen.failed ? 'errors' : 'tolerated'] += 1
  }
  places.delete('')
  const own = [...places.values()]
  const [from, to] = [Math.max(first, Math.min(...own) - shift), Math.max(...own) + shift]
  let without = shift > 0 && own.length > 0 ? 0 : PASSES_WITHOUT_NEW
  while (without < PASSES_WITHOUT_NEW) {
    without += 1
    for (let n = from, injected = true; injected; n += 1) {
      // After a failure the kernel keeps other objects than after a success: the same each time.
      await attempt(maxPoints + 1)
      // The last is none that fails: what was left meanwhile is looked for.
      const seen = await judged(n <= to ? n : maxPoints + 1)
      if (!seen.clean) return counts
      if (seen.isNew) without = 0
      injected = seen.injected
    }
  }
  return counts
}

/** @param all how many points the call has; it differs a little from one to the next */
const stoppedAt = (n: number, all: number, what: string) =>
  failureError(
    'SWEEP_STOPPED',
    `${what}; ${n} of about ${Math.max(n, all)} points were tried, and the others were not`,
  )

async function letFail(guest: TestGuest): Promise<void> {
  for (const [file, value] of KNOBS) {
    try {
      await guest.writeFile(`/sys/kernel/debug/${file}`, value)
    } catch (cause) {
      if (!(cause instanceof SyscallError)) throw cause
      const { flavour } = guest.kernel
      throw usageError('NO_FAULT_INJECTION', `A kernel of flavour ${flavour} injects no faults.`, {
        remedy: "Let the test need a flavour that does: { needs: { flavours: ['debug'] } }",
        cause,
      })
    }
  }
}

/** A leaked descriptor occupies the lowest free number. */
const lowestFree = (process: Process): Invariant => ({
  name: `lowest free descriptor of process ${process.pid}`,
  read: async () => {
    const copy = await process.dup(0)
    await copy.close()
    return copy.fd
  },
})
