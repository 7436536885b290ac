import type { Test } from 'tap'
import type { FaultSweep } from '../contract/events.js'
import { failingCall, type CallEnd, type FailingCall, type FaultScenario } from './failing-call.js'
import { withFailing } from './failing-allocations.js'
import type { TestGuest } from './test-guest.js'

/**
 * Sometimes an allocation needs a new page, or debugging saves a stack: that call has one point
 * more than the next. Trying a tolerated point again reaches the point that was shifted.
 */
const TRIES_OF_A_TOLERATED = 2

/** By so much the number of a slab object's allocation shifts (75 loads on 6.1 debug: 6). */
const SHIFT = 8
/** Where numbers shift, one pass passes over one place in three. */
const PASSES_WITHOUT_NEW = 2

type Counts = Omit<FaultSweep, 'scenario'>

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
  const { name } = scenario
  const counts = await withFailing(guest, 'all', async () =>
    failInTurn(await failingCall(t, guest, scenario), scenario.first),
  )
  t.ok(counts.points > 0, summary(name, counts))
  guest.sweeps.push({ scenario: name, ...counts })
}

/**
 * The same for a long call of which most points are the kernel's own, and not always as many: slab
 * objects and pages apart, again and again until no place in a module is new. A module that
 * allocates nothing is none to fail.
 */
export async function sweepModule<Ready, Result>(
  t: Test,
  guest: TestGuest,
  scenario: FaultScenario<Ready, Result>,
): Promise<void> {
  for (const failing of ['slab', 'pages'] as const) {
    const name = `${scenario.name}, ${failing}`
    const counts = await withFailing(guest, failing, async () => {
      const call = await failingCall(t, guest, { ...scenario, name })
      const silent = new Set<number>()
      const first = await failBackwards(call, silent, scenario.within)
      for (let without = 0; t.passing() && without < PASSES_WITHOUT_NEW; without += 1) {
        const known = call.places()
        await failBackwards(call, silent, scenario.within)
        if (call.places() > known) without = -1
      }
      if (t.passing()) await call.finish()
      return first
    })
    t.pass(summary(name, counts))
    guest.sweeps.push({ scenario: name, ...counts })
    if (!t.passing()) return
  }
}

const summary = (name: string, { points, tolerated }: Counts): string =>
  `${name}: ${points} points of failure, ${tolerated} of them tolerated`

async function failInTurn(call: FailingCall, first = 1): Promise<Counts> {
  const counts = { points: 0, errors: 0, tolerated: 0 }
  for (let n = first; ; n += 1) {
    let end = await call.make(n)
    for (let tries = 1; tries < TRIES_OF_A_TOLERATED; tries += 1)
      if (end.injected && end.clean && !end.failed) end = await call.make(n)
    if (!end.clean) return counts
    if (!end.injected) break
    count(counts, end)
  }
  await call.finish()
  return counts
}

/**
 * From the last point back until so many lie before `within` that none shifts back into it; all,
 * where none lies in it.
 * @param silent tolerated points that the kernel did not log, to which it adds: kmemleak's own, one
 * beside each of the module's. A later pass leaves them out: numbers shift by whole pairs.
 */
async function failBackwards(
  call: FailingCall,
  silent: Set<number>,
  within?: string,
): Promise<Counts> {
  const counts = { points: 0, errors: 0, tolerated: 0 }
  let before: number | undefined
  for (let n = call.points + SHIFT; n > 0 && (before ?? 0) < SHIFT; n -= 1) {
    if (silent.has(n) && !silent.has(n - 1)) continue
    const end = await call.make(n)
    if (!end.clean) return counts
    if (!end.injected) continue
    count(counts, end)
    if (end.calls.length === 0 && !end.failed) silent.add(n)
    if (within === undefined || end.calls.includes(within)) before = 0
    else if (end.calls.length > 0 && before !== undefined) before += 1
  }
  return counts
}

function count(counts: { points: number; errors: number; tolerated: number }, end: CallEnd): void {
  counts.points += 1
  counts[end.failed ? 'errors' : 'tolerated'] += 1
}
