const ALIGNMENT = 16

interface Free {
  readonly start: number
  readonly end: number
}

/** Allocator for a range of guest memory; first fit, 16-byte aligned. Never touches the memory. */
export class Arena {
  readonly #base: bigint
  readonly #length: number
  #free: Free[]

  constructor(base: bigint, length: number) {
    this.#base = base
    this.#length = length
    this.#free = [{ start: 0, end: length }]
  }

  /** For a forked process: the same allocations. */
  clone(): Arena {
    const copy = new Arena(this.#base, this.#length)
    copy.#free = [...this.#free]
    return copy
  }

  /** @throws RangeError when there is no room */
  take(bytes: number): bigint {
    const size = roundUp(bytes)
    const index = this.#free.findIndex(part => part.end - part.start >= size)
    const part = this.#free[index]
    if (!part) {
      throw new RangeError(
        `no room for ${bytes} bytes in the process's scratch memory (${this.#length} bytes): mmap some`,
      )
    }
    this.#free.splice(index, 1, { start: part.start + size, end: part.end })
    return this.#base + BigInt(part.start)
  }

  give(address: bigint, bytes: number): void {
    const start = Number(address - this.#base)
    const parts = [...this.#free, { start, end: start + roundUp(bytes) }]
    this.#free = []
    for (const part of parts.sort((a, b) => a.start - b.start)) {
      const before = this.#free.at(-1)
      if (before && before.end >= part.start) {
        this.#free[this.#free.length - 1] = { start: before.start, end: part.end }
      } else {
        this.#free.push(part)
      }
    }
  }
}

const roundUp = (bytes: number): number => Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT
