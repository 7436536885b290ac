/** A section's part of its file. */
interface ElfSection {
  /** In bytes; of `.bss`, which has no bytes in the file, those in memory. */
  readonly size: number
  readonly offset: number
}

/** The sections of an object by name: their headers in elf(5), 64 bit, little endian. */
export function elfSections(elf: Buffer): ReadonlyMap<string, ElfSection> {
  const table = Number(elf.readBigUInt64LE(40))
  const [size, count, namesIndex] = [
    elf.readUInt16LE(58),
    elf.readUInt16LE(60),
    elf.readUInt16LE(62),
  ]
  const headers = Array.from({ length: count }, (_, index) => {
    const header = table + index * size
    return {
      name: elf.readUInt32LE(header),
      offset: Number(elf.readBigUInt64LE(header + 24)),
      size: Number(elf.readBigUInt64LE(header + 32)),
    }
  })
  const names = headers[namesIndex]?.offset ?? 0
  const nameAt = (start: number): string =>
    elf.toString('latin1', names + start, elf.indexOf(0, names + start))
  return new Map(headers.map(({ name, ...section }) => [nameAt(name), section]))
}
