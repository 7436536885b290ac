import { O_CLOEXEC, O_WRONLY, type Descriptor } from '../guest/index.js'
import type { TestGuest } from './test-guest.js'

/** What the kernel has in use. */
export interface MemoryInUse {
  /** Objects, by slab cache. */
  readonly slabs: ReadonlyMap<string, number>
  /** In use for anything but slab objects, which are counted as such. */
  readonly pages: number
  readonly perCpuPages: number
}

const PAGE_KIB = 4
/**
 * Objects of a cache, or pages: no two rounds of `basics` both grew by 15 on four kernels. Of the
 * cache of a leak's objects the processor may keep a slab in one of them.
 */
const NOISE = 32
/** No two rounds of `basics` both grew; a page has room for many objects. */
const NOISE_PER_CPU_PAGES = 1
/** The kernel keeps up to 32 MiB of unmapped areas (lazy_max_pages(), mm/vmalloc.c). */
const KEPT_OF_UNMAPPED = 'vmap_area'

/**
 * For /proc/sys/vm/drop_caches: 4 is to say nothing of it (fs/drop_caches.c), 3 drops all. Entries
 * that were used lately go the second or third time only.
 */
const DROPS = ['4', '3', '3', '3']
/** A text of one byte would be copied to kmalloc-8, of which the processor then keeps a slab. */
const SHRINK = '1'.padEnd(600)
/** membarrier(2): waits for a grace period of RCU. */
const MEMBARRIER_CMD_GLOBAL = 1

/**
 * Frees first what only waits to be freed: pages of files, objects that kfree_rcu() batches (for
 * which drop_caches runs its shrinker) or call_rcu() frees after a grace period, and those that a
 * processor keeps (mm/slub.c). Batches take more than one grace period, so the lesser of two
 * readings counts. Commands are not used: each leaves objects that wait. So does the close of a
 * file of /sys, one of kmalloc-96 (kernfs_open_node): they are closed after both readings.
 *
 * @throws Error when the kernel lists no slab cache
 */
export async function memoryInUse(
  guest: Pick<TestGuest, 'process' | 'readFile' | 'writeFile'>,
): Promise<MemoryInUse> {
  await using user = await guest.process()
  const caches = [...(await slabsOf(guest)).keys()]
  if (caches.length === 0) throw new Error('/proc/slabinfo lists no cache')
  const shrinkers: Descriptor[] = []
  for (const cache of caches)
    shrinkers.push(await user.open(`/sys/kernel/slab/${cache}/shrink`, O_WRONLY | O_CLOEXEC))
  const settle = async (): Promise<void> => {
    for (const drop of DROPS) await guest.writeFile('/proc/sys/vm/drop_caches', drop)
    await user.syscall('membarrier', MEMBARRIER_CMD_GLOBAL, 0)
    // One after another: what is asked at once waits in buffers of sockets.
    for (const shrinker of shrinkers) await shrinker.write(SHRINK)
  }
  const first = await reading(guest, settle)
  const second = await reading(guest, settle)
  return {
    slabs: new Map(
      [...second.slabs].map(([name, used]) => [
        name,
        Math.min(used, first.slabs.get(name) ?? used),
      ]),
    ),
    pages: Math.min(first.pages, second.pages),
    perCpuPages: Math.min(first.perCpuPages, second.perCpuPages),
  }
}

async function reading(
  guest: Pick<TestGuest, 'readFile'>,
  settle: () => Promise<unknown>,
): Promise<MemoryInUse> {
  await settle()
  const slabs = await slabsOf(guest)
  const total = await meminfo(guest, 'MemTotal')
  const pages = total - (await freePages(guest)) - (await meminfo(guest, 'Slab'))
  return { slabs, pages, perCpuPages: await meminfo(guest, 'Percpu') }
}

async function slabsOf(guest: Pick<TestGuest, 'readFile'>): Promise<Map<string, number>> {
  const lines = (await guest.readFile('/proc/slabinfo')).matchAll(/^([^#\s]+) +(\d+) +\d+ /gm)
  return new Map([...lines].map(([, name = '', active]) => [name, Number(active)] as const))
}

/** Free pages, with those in per-CPU lists, which MemFree does not count. */
export async function freePages(guest: Pick<TestGuest, 'readFile'>): Promise<number> {
  const zones = await guest.readFile('/proc/zoneinfo')
  const kept = [...zones.matchAll(/^\s+count:\s+(\d+)$/gm)].map(([, pages]) => Number(pages))
  return kept.reduce((sum, pages) => sum + pages, await meminfo(guest, 'MemFree'))
}

/** Pages by a name of /proc/meminfo. */
async function meminfo(guest: Pick<TestGuest, 'readFile'>, name: string): Promise<number> {
  const line = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(
    await guest.readFile('/proc/meminfo'),
  )
  if (line === null) throw new Error(`/proc/meminfo has no ${name}`)
  return Number(line[1]) / PAGE_KIB
}

/**
 * What grows in every round, and by more than noise: `kmalloc-96: 64 objects a round`, with the
 * flavour that tells more. Readings are taken after each of at least three rounds, the first of
 * which fills caches.
 */
export function growingMemory(readings: readonly MemoryInUse[]): string[] {
  const growth = (of: (memory: MemoryInUse) => number): number => middleGrowth(readings.map(of))
  const caches = [...(readings[0]?.slabs.keys() ?? [])].filter(name => name !== KEPT_OF_UNMAPPED)
  const pages = growth(memory => memory.pages)
  const perCpuPages = growth(memory => memory.perCpuPages)
  return [
    ...caches.flatMap(name => {
      const objects = growth(({ slabs }) => slabs.get(name) ?? 0)
      return objects < NOISE
        ? []
        : [
            `${name}: ${objects} objects a round; --flavour debug names where, unless the kernel still has them in a list`,
          ]
    }),
    ...(pages < NOISE ? [] : [`${pages} pages a round; --flavour poison names where`]),
    ...(perCpuPages < NOISE_PER_CPU_PAGES ? [] : [`${perCpuPages} per-CPU pages a round`]),
  ]
}

/** A leak grows in every round; what grows in one of them only is no leak. */
function middleGrowth(readings: readonly number[]): number {
  const growths = readings.slice(1).map((reading, index) => reading - (readings[index] ?? 0))
  return growths.sort((a, b) => a - b)[Math.floor((growths.length - 1) / 2)] ?? 0
}
