import type { TestGuest } from 'modprove'

/** One record ends at an empty line. Each read has to have room for a whole one (mm/page_owner.c), which cat's has. */
const OF_MODULES = String.raw`cat /sys/kernel/debug/page_owner | awk 'BEGIN { RS = "" } /\[(exporter|importer)\]/ && !/slab|remap_pfn_range|__p(te|md|ud|4d)_alloc/'`

/**
 * Frame numbers of the pages that code of the modules has allocated (Documentation/mm/page_owner.rst), without those
 * that a slab took for one of its objects, and without page tables: those of vmap() stay for ever.
 */
export async function pagesOfModules(guest: TestGuest): Promise<bigint[]> {
  const { stdout } = await guest.exec(OF_MODULES)
  return [...stdout.matchAll(/^PFN (\d+) /gm)].map(([, frame = '']) => BigInt(frame))
}
