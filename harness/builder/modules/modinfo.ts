import { kernelName } from '../../contract/kernel-name.js'
import { elfSections } from './elf-sections.js'

/**
 * Reads a module's `.modinfo` section: NUL-terminated `key=value` strings
 * (include/linux/moduleinfo.h); keys may repeat.
 */
export function readModinfo(elf: Buffer): ReadonlyMap<string, readonly string[]> {
  const { offset = 0, size = 0 } = elfSections(elf).get('.modinfo') ?? {}
  const fields = new Map<string, string[]>()
  for (const text of elf.toString('utf8', offset, offset + size).split('\0')) {
    const [, key, value] = /^([^=]+)=([^]*)$/.exec(text) ?? []
    if (key === undefined || value === undefined) continue
    fields.set(key, [...(fields.get(key) ?? []), value])
  }
  return fields
}

/** Names of what a module needs: whose symbols it uses, and what its author says besides. */
export function dependenciesOf(ko: Buffer): string[] {
  const info = readModinfo(ko)
  const uses = (info.get('depends') ?? []).flatMap(list => list.split(','))
  // include/linux/module.h: MODULE_SOFTDEP("pre: crc32c post: ring")
  const before = (info.get('softdep') ?? []).flatMap(
    text => /\bpre: ([^:]*?)(?: post:|$)/.exec(text)?.[1]?.split(/\s+/) ?? [],
  )
  return [...new Set([...uses, ...before].filter(name => name !== '').map(kernelName))]
}
