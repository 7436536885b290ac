type FieldBytes = 4 | 8

/** Unsigned fields of a C struct: name → size in bytes, in order. */
type Fields = Readonly<Record<string, FieldBytes>>

/** A C struct of unsigned integers with natural alignment, as in the kernel's ioctls. */
export class Struct<F extends Fields> {
  /** sizeof */
  readonly bytes: number
  /** offsetof each field */
  readonly offsets: Readonly<Record<keyof F, number>>
  private readonly fields: F

  constructor(fields: F) {
    const offsets: Record<string, number> = {}
    let end = 0
    for (const [name, size] of Object.entries(fields)) {
      offsets[name] = Math.ceil(end / size) * size
      end = offsets[name] + size
    }
    const alignment = Math.max(...Object.values(fields))
    this.fields = fields
    this.bytes = Math.ceil(end / alignment) * alignment
    this.offsets = offsets as Record<keyof F, number>
  }

  /** Missing fields are 0. */
  encode(values: Partial<Record<keyof F, number | bigint>>): Buffer {
    const bytes = Buffer.alloc(this.bytes)
    for (const [name, size] of Object.entries(this.fields)) {
      const value = BigInt(values[name] ?? 0)
      if (size === 8) bytes.writeBigUInt64LE(value, this.offsets[name])
      else bytes.writeUInt32LE(Number(value), this.offsets[name])
    }
    return bytes
  }

  decode(bytes: Buffer, name: keyof F): bigint {
    const offset = this.offsets[name]
    return this.fields[name] === 8
      ? bytes.readBigUInt64LE(offset)
      : BigInt(bytes.readUInt32LE(offset))
  }
}
