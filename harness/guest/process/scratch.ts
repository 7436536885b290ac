import type { Arena } from './arena.js'

/** Reads and writes a process's memory. */
interface MemoryAccess {
  readMemory(address: bigint, length: number): Promise<Buffer>
  writeMemory(address: bigint, bytes: Uint8Array): Promise<void>
}

/** A piece of the process's scratch memory; `free` gives it back, or the end of its scope. */
export type Scratch = Readonly<ReturnType<typeof takeScratch>>

const takeScratch = (access: MemoryAccess, arena: Arena, length: number) => {
  const address = arena.take(length)
  let isFree = false
  const free = (): void => {
    if (!isFree) arena.give(address, length)
    isFree = true
  }
  return {
    address,
    /** In bytes. */
    length,
    read: (offset = 0, count = length - offset) =>
      access.readMemory(address + BigInt(offset), count),
    write: (bytes: Uint8Array, offset = 0): Promise<void> => {
      if (offset + bytes.length > length) {
        throw new RangeError(
          `${bytes.length} bytes at ${offset} do not fit into ${length} bytes of scratch memory`,
        )
      }
      return access.writeMemory(address + BigInt(offset), bytes)
    },
    free,
    [Symbol.dispose]: free,
  }
}

/** The scratch memory of a process (1 MiB; its threads share it). */
export type Memory = Readonly<ReturnType<typeof memoryOf>>

export const memoryOf = (access: MemoryAccess, arena: Arena) => ({
  /**
   * Takes as much memory as the bytes need and writes them, or as many bytes as the number says, as they are.
   *
   * @throws RangeError when there is no room
   */
  async alloc(content: Uint8Array | number): Promise<Scratch> {
    const scratch = takeScratch(
      access,
      arena,
      typeof content === 'number' ? content : content.length,
    )
    if (typeof content !== 'number') await scratch.write(content)
    return scratch
  },

  /** The same without content, at once. */
  take: (length: number): Scratch => takeScratch(access, arena, length),
})
