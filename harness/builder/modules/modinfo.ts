import { kernelName } from '../../contract/kernel-name.js'

/**
 * Reads a module's `.modinfo` section: NUL-terminated `key=value` strings
 * (include/linux/moduleinfo.h); keys may repeat. Located by its ELF section header (elf(5), 64 bit,
 * little endian).
 */
export function readModinfo(elf: Buffer): ReadonlyMap<string, readonly string[]> {
  const section = sectionOf(elf, '.modinfo') ?? Buffer.alloc(0)
  const fields = new Map<string, string[]>()
  for (const text of section.toString('utf8').split('\0')) {
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

function sectionOf(elf: Buffer, name: string): Buffer | undefined {
  const table = Number(elf.readBigUInt64LE(40))
  const [size, count, namesIndex] = [
    elf.readUInt16LE(58),
    elf.readUInt16LE(60),
    elf.readUInt16LE(62),
  ]
  const bytesOf = (index: number): Buffer => {
    const header = table + index * size
    const offset = Number(elf.readBigUInt64LE(header + 24))
    return elf.subarray(offset, offset + Number(elf.readBigUInt64LE(header + 32)))
  }
  const names = bytesOf(namesIndex)
  for (let index = 0; index < count; index++) {
    const start = elf.readUInt32LE(table + index * size)
    if (names.toString('latin1', start, names.indexOf(0, start)) === name) return bytesOf(index)
  }
  return undefined
}
