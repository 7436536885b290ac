import {
  growingMemory,
  memoryInUse,
  modulePages,
  suite,
  withQuietConsole,
  type Test,
  type TestGuest,
} from 'modprove'
import { buffersInTotal } from './bufinfo.js'
import { dmaMappings, exporter, importer, invariants, kernelMappings } from './exporter.js'

const test = suite('leaks: what thousands of cycles leave', {
  modules: [exporter, importer],
  invariants,
  timeoutMs: 120_000,
})

const ROUNDS = 5
const IMPORT_EVERY = '10'

for (const [count, cycles, flavour] of [
  ['ten thousand', 10_000, 'plain'],
  ['a thousand', 1_000, 'poison'],
  ['three hundred', 300, 'debug'],
] as const) {
  test(
    `C83 ${count} cycles of export, map, sync and close, each tenth with an importer, leave nothing`,
    { needs: { flavours: [flavour] } },
    async (t, guest) => {
      await compareRounds(t, guest, cycles / ROUNDS, count =>
        guest.tap(t, 'threads', ['1', count, IMPORT_EVERY]),
      )
    },
  )
}

/** Ways of suites/lives.c: what buffers do there. */
const ways = [
  ['opened', 'are only opened'],
  ['mapped', 'are mapped through the device and have no descriptor'],
  ['described', 'end with a mapping'],
  ['refused', 'are refused what they are asked for'],
  ['crowded', 'find no descriptor'],
  ['imported', 'are handed out in the kernel and have no descriptor'],
  ['shared', 'are imported three times at once'],
] as const
/** On poison and debug, page_owner and kmemleak need few. */
const CYCLES: Readonly<Record<string, number>> = { plain: 2_500, poison: 50, debug: 10 }

for (const [way, what] of ways) {
  const needs = { flavours: Object.keys(CYCLES) }
  test(`C83 buffers that ${what} leave nothing`, { needs }, async (t, guest) => {
    const cycles = CYCLES[guest.kernel.flavour] ?? 0
    await compareRounds(t, guest, cycles / ROUNDS, async count => {
      const { code, stderr } = await guest.program('lives', [way, count])
      t.strictSame({ code, stderr }, { code: 0, stderr: '' })
    })
  })
}

async function compareRounds(
  t: Test,
  guest: TestGuest,
  cycles: number,
  run: (count: string) => Promise<unknown>,
): Promise<void> {
  // page_owner (poison) and kmemleak (debug) name a leak by itself, after fewer cycles.
  const isCounted = guest.kernel.flavour === 'plain'
  const round = () => run(String(cycles))
  const measure = async () => {
    // What the first cycles leave in caches is theirs.
    await round()
    const before = await held(guest)
    const memory = isCounted ? [await memoryInUse(guest)] : []
    for (let count = 1; count < ROUNDS; count++) {
      await round()
      t.strictSame(await held(guest), before, `held after round ${count}`)
      if (isCounted) memory.push(await memoryInUse(guest))
    }
    return memory
  }
  const memory = await withQuietConsole(guest, measure)
  if (isCounted) t.strictSame(growingMemory(memory), [], `what grows in ${cycles} cycles`)
}

/** Everything that has to be as it was, exactly. */
async function held(guest: TestGuest): Promise<Readonly<Record<string, number | string>>> {
  return {
    bufinfo: await buffersInTotal(guest),
    vmalloc: await kernelMappings(guest),
    dma: await dmaMappings(guest),
    pages: guest.kernel.flavour === 'poison' ? (await modulePages(guest)).length : 'unknown',
  }
}
