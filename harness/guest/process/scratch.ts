import type { Arena } from './arena.js'

/** Reads and writes a process's memory. */
export interface MemoryAccess {
  readMemory(address: bigint, length: number): Promise<Buffer>
  writeMemory(address: bigint, bytes: Uint8Array): Promise<void>
}

/** A piece of the process's scratch memory; `free` gives it back, or the end of its scope. */
export class Scratch {
  readonly address: bigint
  readonly length: number
  readonly #access: MemoryAccess
  readonly #arena: Arena
  #isFree = false

  constructor(access: MemoryAccess, arena: Arena, length: number) {
    this.address = arena.take(length)
    this.length = length
    this.#access = access
    this.#arena = arena
  }

  read(offset = 0, length = this.length - offset): Promise<Buffer> {
    return this.#access.readMemory(this.address + BigInt(offset), length)
  }

  write(bytes: Uint8Array, offset = 0): Promise<void> {
    if (offset + bytes.length > this.length) {
      throw new RangeError(
        `${bytes.length} bytes at ${offset} do not fit into ${this.length} bytes of scratch memory`,
      )
    }
    return this.#access.writeMemory(this.address + BigInt(offset), bytes)
  }

  free(): void {
    if (this.#isFree) return
    this.#isFree = true
    this.#arena.give(this.address, this.length)
  }

  [Symbol.dispose](): void {
    this.free()
  }
}

/** The scratch memory of a process (1 MiB; its threads share it). */
export class Memory {
  readonly #access: MemoryAccess
  readonly #arena: Arena

  constructor(access: MemoryAccess, arena: Arena) {
    this.#access = access
    this.#arena = arena
  }

  /**
   * Takes as much memory as the bytes need and writes them, or as many bytes as the number says, as they are.
   *
   * @throws RangeError when there is no room
   */
  async alloc(content: Uint8Array | number): Promise<Scratch> {
    const scratch = this.take(typeof content === 'number' ? content : content.length)
    if (typeof content !== 'number') await scratch.write(content)
    return scratch
  }

  /** The same without content, at once. */
  take(length: number): Scratch {
    return new Scratch(this.#access, this.#arena, length)
  }
}
