import type { Finding, RelatedStack, UnloadedAddress } from '../finding.js'
import { isInSection, type LoadedSection } from './what-ran.js'

/** Addresses that the kernel has no name for: what was run, and a debug object's function. */
const NAMELESS = /^(?:RIP: 0010:0x|ODEBUG: .{1,120} hint: 0x| 0x)([0-9a-f]{16})$/gm

/** What was accessed: never named. */
const ACCESSED = /^BUG: unable to handle page fault for address: ([0-9a-f]{16})$/gm

const LOADED = /^Modules linked in:([^[\n]*)/m
/** A module whose init runs (print_modules() in kernel/module): its place is not known yet. */
const LOADING = /\(\w*\+\)/

/**
 * The first address of a report that lies where a module had been, which is unloaded now. If
 * several modules had been there, it may be of any of them.
 */
function unloadedPlaceIn(
  { text }: Pick<Finding, 'text'>,
  sections: readonly LoadedSection[],
): UnloadedAddress | undefined {
  const loaded = LOADED.exec(text)?.[1]?.trim().split(/\s+/)
  // Without such a line, the loaded modules are unknown.
  if (loaded === undefined) return undefined
  const names = new Set(loaded.map(word => word.replace(/\(.*/, '')))
  const accessed = loaded.some(word => LOADING.test(word)) ? [] : text.matchAll(ACCESSED)
  for (const [, digits = ''] of [...accessed, ...text.matchAll(NAMELESS)]) {
    const at = BigInt(`0x${digits}`)
    const [first, ...others] = sections.filter(section => isInSection(at, section))
    if (first === undefined || names.has(first.module)) continue
    const { module, section, address } = first
    if (others.some(other => other.module !== module)) continue
    const unloaded = { digits: `0x${digits}`, module }
    // Loaded to several places, which overlap: what lay there is not known.
    if (others.length > 0) return unloaded
    return { ...unloaded, place: { section, address: Number(at - address) } }
  }
  return undefined
}

/** A stack that was recorded while its module was there, init functions included. */
function withPlaces(stack: RelatedStack, sections: readonly LoadedSection[]): RelatedStack {
  if (stack.nameless === undefined) return stack
  const nameless = stack.nameless.map(caller => {
    const at = BigInt(caller.digits)
    // A return address may be the end of its section.
    const around = sections.filter(section => isInSection(at - 1n, section))
    const places = around.map(({ module, section, address }) => {
      return { module, section, address: Number(at - address) }
    })
    return { ...caller, places }
  })
  return { ...stack, nameless }
}

/** A finding with that place; what ran there is its title's, not what was found on its stack. */
export function withUnloaded(finding: Finding, sections: readonly LoadedSection[]): Finding {
  const unloaded = unloadedPlaceIn(finding, sections)
  const related = finding.related.map(stack => withPlaces(stack, sections))
  if (unloaded === undefined) return { ...finding, related }
  const ran = finding.text.includes(`\nRIP: 0010:${unloaded.digits}`)
  const where = `$1 code of the unloaded module ${unloaded.module}`
  const title = ran ? finding.title.replace(/( in) \S+$/, where) : finding.title
  return { ...finding, related, unloaded, title, function: ran ? undefined : finding.function }
}
