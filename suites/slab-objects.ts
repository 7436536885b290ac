import type { TestGuest } from 'modprove'

/** Objects in use, by slab cache. */
export type SlabObjects = ReadonlyMap<string, number>

/**
 * Shrinks each cache first: objects that a processor keeps would count as in use (mm/slub.c).
 *
 * @throws Error when the kernel lists no cache
 */
export async function slabObjects(guest: TestGuest): Promise<SlabObjects> {
  await guest.exec('for file in /sys/kernel/slab/*/shrink; do echo 1 >"$file"; done')
  const lines = (await guest.readFile('/proc/slabinfo')).matchAll(/^([^#\s]+) +(\d+) +\d+ /gm)
  const objects = new Map(
    [...lines].map(([, name = '', active]) => [name, Number(active)] as const),
  )
  if (objects.size === 0) throw new Error('/proc/slabinfo lists no cache')
  return objects
}
