import type { TestGuest } from 'modprove'

/** Objects in use, by slab cache. */
type SlabObjects = ReadonlyMap<string, number>

const ROUNDS = 3
/** The kernel keeps up to 32 MiB of unmapped areas (lazy_max_pages(), mm/vmalloc.c). */
const KEPT_OF_UNMAPPED = 'vmap_area'

/**
 * Slab caches that grow by an object or more in each cycle of each round.
 * @param cycles in a round
 */
export async function growingCaches(
  guest: TestGuest,
  cycles: number,
  round: () => Promise<void>,
): Promise<string[]> {
  // What the first cycles leave in caches is theirs.
  await round()
  const readings = [await slabObjects(guest)]
  for (let count = 1; count < ROUNDS; count++) {
    await round()
    readings.push(await slabObjects(guest))
  }
  const names = [...(readings[0]?.keys() ?? [])].filter(name => name !== KEPT_OF_UNMAPPED)
  return names.flatMap(name => {
    const counts = readings.map(reading => reading.get(name) ?? 0)
    const growths = counts.slice(1).map((count, index) => count - (counts[index] ?? 0))
    const least = Math.min(...growths)
    return least < cycles ? [] : [`${name}: ${least} objects in ${cycles} loads`]
  })
}

/**
 * Shrinks each cache first: objects that a processor keeps would count as in use (mm/slub.c).
 * @throws Error when the kernel lists no cache
 */
async function slabObjects(guest: TestGuest): Promise<SlabObjects> {
  await guest.exec('for file in /sys/kernel/slab/*/shrink; do echo 1 >"$file"; done')
  const lines = (await guest.readFile('/proc/slabinfo')).matchAll(/^([^#\s]+) +(\d+) +\d+ /gm)
  const objects = new Map(
    [...lines].map(([, name = '', active]) => [name, Number(active)] as const),
  )
  if (objects.size === 0) throw new Error('/proc/slabinfo lists no cache')
  return objects
}
