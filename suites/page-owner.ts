import type { TestGuest } from '../harness/suite.js'

/** What /sys/kernel/debug/page_owner tells (Documentation/mm/page_owner.rst). */
export interface PageOwners {
  /** How many allocations there are in all. */
  readonly allocations: number
  /** Frame numbers of the pages that code of the modules allocated. */
  readonly ofModules: readonly bigint[]
}

/** Who holds which pages now. Two modules are loaded as `[exporter]` and `[importer]`. */
export async function pageOwners(guest: TestGuest): Promise<PageOwners> {
  const text = await guest.readFile('/sys/kernel/debug/page_owner')
  const allocations = text.split('\n\n').filter(part => part.startsWith('Page allocated'))
  const ofModules = allocations.flatMap(part => {
    const [, frame] = /^PFN (\d+) /m.exec(part) ?? []
    return frame !== undefined && /\[(exporter|importer)\]/.test(part) ? [BigInt(frame)] : []
  })
  return { allocations: allocations.length, ofModules }
}
