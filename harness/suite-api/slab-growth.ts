import type { TestGuest } from './test-guest.js'

/** Objects in use, by slab cache. */
export type SlabObjects = ReadonlyMap<string, number>

/** Noise was 126 at most (kmalloc-96), of `suites/leaks.suite.ts` on five kernels. */
const NOISE_OBJECTS = 192
/** The kernel keeps up to 32 MiB of unmapped areas (lazy_max_pages(), mm/vmalloc.c). */
const KEPT_OF_UNMAPPED = 'vmap_area'

/**
 * Shrinks each cache first: objects that a processor keeps would count as in use (mm/slub.c).
 *
 * @throws Error when the kernel lists no cache
 */
export async function slabObjects(
  guest: Pick<TestGuest, 'exec' | 'readFile'>,
): Promise<SlabObjects> {
  await guest.exec('for file in /sys/kernel/slab/*/shrink; do echo 1 >"$file"; done')
  const lines = (await guest.readFile('/proc/slabinfo')).matchAll(/^([^#\s]+) +(\d+) +\d+ /gm)
  const objects = new Map(
    [...lines].map(([, name = '', active]) => [name, Number(active)] as const),
  )
  if (objects.size === 0) throw new Error('/proc/slabinfo lists no cache')
  return objects
}

/**
 * Slab caches that grow by 192 objects or more a round: `kmalloc-96: 200 objects a round`. Readings
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
