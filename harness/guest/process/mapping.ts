import { MREMAP_FIXED, MREMAP_MAYMOVE } from '../abi/memory.js'
import { ConnectionLost, TaskEnded } from '../errors.js'
import type { Calls } from './calls.js'

export interface MapOptions {
  /** In bytes. */
  readonly length: number | bigint
  /** PROT_… */
  readonly prot: number
  /** MAP_… */
  readonly flags: number
  /** In bytes from the file's start; 0 unless given. */
  readonly offset?: number | bigint
  /** Where it should be; the kernel chooses unless given. */
  readonly address?: bigint
}

/** A part of a mapping; the whole unless given. */
export interface Part {
  /** In bytes from the mapping's start. */
  readonly offset?: number
  /** In bytes; up to the mapping's end unless given. */
  readonly length?: number
}

const CSTRING_PART_BYTES = 256

/** A stretch of a process's memory made by mmap. */
export class Mapping {
  readonly process: Calls
  readonly address: bigint
  readonly length: number
  private isUnmapped = false

  constructor(process: Calls, address: bigint, length: number) {
    this.process = process
    this.address = address
    this.length = length
  }

  /** @throws MemoryFault */
  read(offset = 0, length = this.length - offset): Promise<Buffer> {
    return this.process.readMemory(this.address + BigInt(offset), length)
  }

  /**
   * Unlike `read` with its arguments, the bytes come first: the offset is often 0.
   *
   * @throws MemoryFault
   */
  write(bytes: Uint8Array | string, offset = 0): Promise<void> {
    return this.process.writeMemory(this.address + BigInt(offset), Buffer.from(bytes))
  }

  /**
   * The bytes from `offset` up to the first NUL, as UTF-8.
   *
   * @throws RangeError when there is no NUL before the mapping's end; MemoryFault
   */
  async cstring(offset = 0): Promise<string> {
    const parts: Buffer[] = []
    for (let at = offset; at < this.length; at += CSTRING_PART_BYTES) {
      const part = await this.read(at, Math.min(CSTRING_PART_BYTES, this.length - at))
      const end = part.indexOf(0)
      if (end >= 0) return Buffer.concat([...parts, part.subarray(0, end)]).toString()
      parts.push(part)
    }
    throw new RangeError(`no NUL from ${offset} to the mapping's end at ${this.length}`)
  }

  async munmap(part: Part = {}): Promise<void> {
    if (part.offset === undefined && part.length === undefined) this.isUnmapped = true
    await this.process.syscall('munmap', ...this.range(part))
  }

  async mprotect(prot: number, part: Part = {}): Promise<void> {
    await this.process.syscall('mprotect', ...this.range(part), prot)
  }

  async madvise(advice: number, part: Part = {}): Promise<void> {
    await this.process.syscall('madvise', ...this.range(part), advice)
  }

  async msync(flags: number, part: Part = {}): Promise<void> {
    await this.process.syscall('msync', ...this.range(part), flags)
  }

  /**
   * Gives the mapping another size or place. The mapping that comes back stands for what is there then; this one is
   * no more unless the old size was 0 or MREMAP_DONTUNMAP was asked for.
   *
   * @param options.oldLength the whole unless given
   * @param options.flags MREMAP_MAYMOVE unless given
   * @param options.address for MREMAP_FIXED
   */
  async mremap(options: {
    readonly length: number
    readonly oldLength?: number
    readonly flags?: number
    readonly address?: bigint
  }): Promise<Mapping> {
    const { length, oldLength = this.length, flags = MREMAP_MAYMOVE, address } = options
    const fixed = address === undefined ? [] : [address]
    const all = address === undefined ? flags : flags | MREMAP_FIXED
    const moved = await this.process.syscall(
      'mremap',
      this.address,
      oldLength,
      length,
      all,
      ...fixed,
    )
    return new Mapping(this.process, BigInt(moved), length)
  }

  /** Unmaps it unless `munmap` was called for the whole, or the process is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isUnmapped) return
    await this.munmap().catch((error: unknown) => {
      if (!(error instanceof TaskEnded || error instanceof ConnectionLost)) throw error
    })
  }

  private range({ offset = 0, length = this.length - offset }: Part): [bigint, number] {
    return [this.address + BigInt(offset), length]
  }
}
