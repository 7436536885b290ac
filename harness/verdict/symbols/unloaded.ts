import type { Finding, UnloadedAddress } from '../finding.js'
import type { LoadedSection } from './what-ran.js'

/** Nothing but modules lies near a module; sections are longer than most. */
const REACH_BYTES = 1024n * 1024n

/** Addresses that a report is about: what was accessed or run, and a debug object's function. */
const ADDRESSES =
  /^(?:BUG: unable to handle page fault for address: |RIP: 0010:0x|ODEBUG: .{1,120} hint: 0x| (?:\? )?0x)([0-9a-f]{16})$/gm

const LOADED = /^Modules linked in:([^[\n]*)/m

/**
 * The first address of a report that lies where a module had been, which is unloaded now.
 *
 * @param sections those loaded last first
 */
function unloadedPlaceIn(
  { text }: Pick<Finding, 'text'>,
  sections: readonly LoadedSection[],
): UnloadedAddress | undefined {
  const loaded = LOADED.exec(text)?.[1]?.trim().split(/\s+/)
  // Without such a line, the loaded modules are unknown.
  if (loaded === undefined) return undefined
  const names = new Set(loaded.map(word => word.replace(/\(.*/, '')))
  for (const [, digits = ''] of text.matchAll(ADDRESSES)) {
    const at = BigInt(`0x${digits}`)
    const [nearest] = sections
      .filter(({ address }) => address <= at && at < address + REACH_BYTES)
      .sort((a, b) => Number(b.address - a.address))
    if (nearest === undefined || names.has(nearest.module)) continue
    const { module, section, address } = nearest
    return { digits: `0x${digits}`, module, section, address: Number(at - address) }
  }
  return undefined
}

/** A finding with that place; what ran there is its title's, not what was found on its stack. */
export function withUnloaded(finding: Finding, sections: readonly LoadedSection[]): Finding {
  const unloaded = unloadedPlaceIn(finding, sections)
  if (unloaded === undefined) return finding
  const ran = finding.text.includes(`\nRIP: 0010:${unloaded.digits}`)
  const where = `$1 code of the unloaded module ${unloaded.module}`
  const title = ran ? finding.title.replace(/( in) \S+$/, where) : finding.title
  return { ...finding, unloaded, title, function: ran ? undefined : finding.function }
}
