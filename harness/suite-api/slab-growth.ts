import type { TestGuest } from './test-guest.js'

/** Objects in use, by slab cache. */
export type SlabObjects = ReadonlyMap<string, number>

/** Noise was below 12 in each round of `basics` and `suites/leaks.suite.ts` on five kernels. */
const NOISE_OBJECTS = 48
/** The kernel keeps up to 32 MiB of unmapped areas (lazy_max_pages(), mm/vmalloc.c). */
const KEPT_OF_UNMAPPED = 'vmap_area'

/**
 * Frees first what only waits to be freed: objects that kfree_rcu() batches (drop_caches runs its
 * shrinker, and 4 keeps it from saying so) and those that a processor keeps (mm/slub.c). A batch
 * needs a grace period, so the lesser of two readings counts.
 *
 * @throws Error when the kernel lists no cache
 */
export async function slabObjects(
  guest: Pick<TestGuest, 'exec' | 'readFile'>,
): Promise<SlabObjects> {
  const first = await reading(guest)
  const second = await reading(guest)
  if (second.size === 0) throw new Error('/proc/slabinfo lists no cache')
  return new Map(
    [...second].map(([name, objects]) => [name, Math.min(objects, first.get(name) ?? objects)]),
  )
}

async function reading(guest: Pick<TestGuest, 'exec' | 'readFile'>): Promise<SlabObjects> {
  await guest.exec('echo 6 >/proc/sys/vm/drop_caches')
  await guest.exec('for file in /sys/kernel/slab/*/shrink; do echo 1 >"$file"; done')
  const lines = (await guest.readFile('/proc/slabinfo')).matchAll(/^([^#\s]+) +(\d+) +\d+ /gm)
  return new Map([...lines].map(([, name = '', active]) => [name, Number(active)] as const))
}

/**
 * Slab caches that grow by 48 objects or more a round: `kmalloc-96: 64 objects a round`. Readings
 * are taken after each of at least three rounds, the first of which fills caches.
 */
export function growingCaches(readings: readonly SlabObjects[]): string[] {
  const names = [...(readings[0]?.keys() ?? [])].filter(name => name !== KEPT_OF_UNMAPPED)
  return names.flatMap(name => {
    const objects = middleGrowth(readings.map(reading => reading.get(name) ?? 0))
    return objects < NOISE_OBJECTS ? [] : [`${name}: ${objects} objects a round`]
  })
}

/** A leak grows in every round; what grows in one of them only is no leak. */
export function middleGrowth(readings: readonly number[]): number {
  const growths = readings.slice(1).map((reading, index) => reading - (readings[index] ?? 0))
  return growths.sort((a, b) => a - b)[Math.floor((growths.length - 1) / 2)] ?? 0
}
