import { suite, withQuietConsole, type Test, type TestGuest } from '../harness/suite.js'
import { buffersInTotal } from './bufinfo.js'
import { dmaMappings, exporter, importer, invariants, kernelMappings } from './exporter.js'
import { pagesOfModules } from './page-owner.js'

const test = suite('leaks: what thousands of cycles leave', {
  modules: [exporter, importer],
  invariants,
  timeoutMs: 120_000,
})

const ROUNDS = 5
const IMPORT_EVERY = '10'
/** Half of the smallest object (kmalloc-8, mm/slab_common.c): a leak of one a cycle is more. */
const NOISE_BYTES_PER_CYCLE = 4
/** Half a page: a leak of one a cycle is more. Enough cycles outweigh what the guest's own programs take. */
const NOISE_FREE_BYTES_PER_CYCLE = 2048

/** What a cycle could leave, in values that do not depend on time. */
interface Readings {
  /** Memory of slabs that cannot be reclaimed, in bytes. */
  readonly slabBytes: number
  /** Memory that nobody uses, in bytes. */
  readonly freeBytes: number
  /** Everything that has to be as it was, exactly. */
  readonly held: Readonly<Record<string, number | string>>
}

for (const [count, cycles, flavour] of [
  ['ten thousand', 10_000, 'plain'],
  ['a thousand', 1_000, 'poison'],
  ['three hundred', 300, 'debug'],
] as const) {
  test(
    `C83 ${count} cycles of export, map, sync and close, each tenth with an importer, leave nothing`,
    { needs: { flavours: [flavour] } },
    async (t, guest) => {
      await withQuietConsole(guest, () => compareRounds(t, guest, cycles / ROUNDS))
    },
  )
}

async function compareRounds(t: Test, guest: TestGuest, cycles: number): Promise<void> {
  const round = () => guest.tap(t, 'threads', ['1', String(cycles), IMPORT_EVERY])
  // What the first cycles leave in caches is theirs.
  await round()
  const first = await read(guest)
  let last = first
  for (let count = 1; count < ROUNDS; count++) {
    await round()
    last = await read(guest)
    t.strictSame(last.held, first.held, `held after round ${count}`)
    t.comment(`slab: ${last.slabBytes - first.slabBytes} bytes more after round ${count}`)
  }
  const perCycle = (last.slabBytes - first.slabBytes) / ((ROUNDS - 1) * cycles)
  if (guest.kernel.flavour === 'plain') {
    const taken = (first.freeBytes - last.freeBytes) / ((ROUNDS - 1) * cycles)
    t.ok(taken < NOISE_FREE_BYTES_PER_CYCLE, `${taken.toFixed(2)} bytes of memory a cycle`)
  }
  t.ok(perCycle < NOISE_BYTES_PER_CYCLE, `${perCycle.toFixed(2)} bytes of slab a cycle`)
}

/** KASAN keeps freed objects for a while (mm/kasan/quarantine.c); to shrink a cache lets go of its own. */
const EMPTY_QUARANTINE = 'for cache in /sys/kernel/slab/*/shrink; do echo 1 >$cache; done'

async function read(guest: TestGuest): Promise<Readings> {
  if (guest.kernel.flavour === 'debug') {
    const { code, stderr } = await guest.exec(EMPTY_QUARANTINE)
    if (code !== 0) throw new Error(`the caches do not shrink: ${stderr}`)
  }
  const memory = await guest.readFile('/proc/meminfo')
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(memory)?.[1]) * 1024
  return {
    slabBytes: bytesOf('SUnreclaim'),
    freeBytes: bytesOf('MemFree'),
    held: {
      bufinfo: await buffersInTotal(guest),
      vmalloc: await kernelMappings(guest),
      dma: await dmaMappings(guest),
      pages: guest.kernel.flavour === 'poison' ? (await pagesOfModules(guest)).length : 'unknown',
    },
  }
}
