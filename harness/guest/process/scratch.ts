import type { Arena } from './arena.js'

/** A process's memory, and the allocator of its scratch memory. */
interface Space {
  readonly arena: Arena
  readMemory(address: bigint, length: number): Promise<Buffer>
  writeMemory(address: bigint, bytes: Uint8Array): Promise<void>
}

/** The scratch memory of a process (1 MiB; its threads share it). */
export class Memory {
  readonly #space: Space

  constructor(space: Space) {
    this.#space = space
  }

  /**
   * Allocates memory for the bytes and writes them; for a number, allocates that many bytes,
   * uninitialised.
   * @throws RangeError when there is no room
   */
  async alloc(content: Uint8Array | number): Promise<Scratch> {
    const scratch = this.take(typeof content === 'number' ? content : content.length)
    if (typeof content !== 'number') await scratch.write(content)
    return scratch
  }

  /** Allocates uninitialised memory, synchronously. */
  take(length: number): Scratch {
    return new Scratch(this.#space, length)
  }
}

/** A piece of the process's scratch memory, freed by `free` or at the end of its scope. */
export class Scratch {
  readonly address: bigint
  /** In bytes. */
  readonly length: number
  readonly #space: Space
  #isFree = false

  constructor(space: Space, length: number) {
    this.address = space.arena.take(length)
    this.length = length
    this.#space = space
  }

  read(offset = 0, length = this.length - offset): Promise<Buffer> {
    return this.#space.readMemory(this.address + BigInt(offset), length)
  }

  write(bytes: Uint8Array, offset = 0): Promise<void> {
    if (offset + bytes.length > this.length) {
      throw new RangeError(
        `${bytes.length} bytes at ${offset} do not fit into ${this.length} bytes of scratch memory`,
      )
    }
    return this.#space.writeMemory(this.address + BigInt(offset), bytes)
  }

  free(): void {
    if (!this.#isFree) this.#space.arena.give(this.address, this.length)
    this.#isFree = true
  }

  [Symbol.dispose](): void {
    this.free()
  }
}
