import { MREMAP_FIXED, MREMAP_MAYMOVE } from '../abi/memory.js'
import { unlessGone } from '../errors.js'
import type { Port } from './port.js'

/** Part of a mapping; by default all of it. */
export interface Part {
  /** In bytes from the mapping's start. */
  readonly offset?: number
  /** In bytes; by default up to the mapping's end. */
  readonly length?: number
}

export interface RemapOptions {
  /** In bytes. */
  readonly length: number
  /** In bytes; by default the whole length. */
  readonly oldLength?: number
  /** Default: MREMAP_MAYMOVE. */
  readonly flags?: number
  /** For MREMAP_FIXED. */
  readonly address?: bigint
}

const CSTRING_PART_BYTES = 256

/** @param mapping makes the mapping that mremap returns */
export const mappedMemory = <Mapping>(
  port: Port,
  address: bigint,
  length: number,
  mapping: (address: bigint, length: number) => Mapping,
) => {
  let isUnmapped = false
  const read = (offset = 0, count = length - offset): Promise<Buffer> =>
    port.readMemory(address + BigInt(offset), count)
  const range = ({ offset = 0, length: count = length - offset }: Part): [bigint, number] => [
    address + BigInt(offset),
    count,
  ]
  const munmap = async (part: Part = {}): Promise<void> => {
    if (part.offset === undefined && part.length === undefined) isUnmapped = true
    await port.number('munmap', ...range(part))
  }
  return {
    address,
    /** In bytes. */
    length,

    /** @throws MemoryFault */
    read,

    /**
     * Writes bytes; the offset comes last, because it is often 0.
     * @throws MemoryFault
     */
    write(bytes: Uint8Array | string, offset = 0): Promise<void> {
      return port.writeMemory(address + BigInt(offset), Buffer.from(bytes))
    },

    /**
     * Reads from `offset` up to the first NUL, as UTF-8.
     * @throws RangeError if there is no NUL before the mapping's end; MemoryFault
     */
    async cstring(offset = 0): Promise<string> {
      const parts: Buffer[] = []
      for (let at = offset; at < length; at += CSTRING_PART_BYTES) {
        const part = await read(at, Math.min(CSTRING_PART_BYTES, length - at))
        const end = part.indexOf(0)
        if (end >= 0) return Buffer.concat([...parts, part.subarray(0, end)]).toString()
        parts.push(part)
      }
      throw new RangeError(`no NUL from ${offset} to the mapping's end at ${length}`)
    },

    munmap,

    async mprotect(prot: number, part: Part = {}): Promise<void> {
      await port.number('mprotect', ...range(part), prot)
    },

    async madvise(advice: number, part: Part = {}): Promise<void> {
      await port.number('madvise', ...range(part), advice)
    },

    async msync(flags: number, part: Part = {}): Promise<void> {
      await port.number('msync', ...range(part), flags)
    },

    /**
     * Resizes or moves the mapping, and returns the new one. This one becomes invalid, unless the
     * old size was 0 or MREMAP_DONTUNMAP was given.
     */
    async mremap(options: RemapOptions): Promise<Mapping> {
      const { oldLength = length, flags = MREMAP_MAYMOVE, address: fixed } = options
      const all = fixed === undefined ? [flags] : [flags | MREMAP_FIXED, fixed]
      const moved = await port.address('mremap', address, oldLength, options.length, ...all)
      return mapping(moved, options.length)
    },

    /** Unmaps it, unless `munmap` was called for all of it, or the process is gone. */
    async [Symbol.asyncDispose](): Promise<void> {
      if (!isUnmapped) await unlessGone(munmap())
    },
  }
}
