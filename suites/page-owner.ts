import type { TestGuest } from 'modprove'

/** Records end with an empty line. A read must fit a whole one (mm/page_owner.c); cat's do. */
const OF_MODULES = String.raw`cat /sys/kernel/debug/page_owner | awk 'BEGIN { RS = "" } /\[(exporter|importer)\]/ && !/slab|remap_pfn_range|__p(te|md|ud|4d)_alloc/'`

/**
 * Frame numbers of pages allocated by the modules' code (Documentation/mm/page_owner.rst), without
 * slabs and page tables: those of vmap() are never freed.
 */
export async function pagesOfModules(guest: TestGuest): Promise<bigint[]> {
  const { stdout } = await guest.exec(OF_MODULES)
  return [...stdout.matchAll(/^PFN (\d+) /gm)].map(([, frame = '']) => BigInt(frame))
}
