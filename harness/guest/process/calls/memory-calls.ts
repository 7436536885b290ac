import { encodeWords } from '../../abi/structures.js'
import { Out } from '../arguments.js'
import type { Calls } from '../calls.js'
import type { Fd } from '../descriptor.js'
import { Mapping, type MapOptions } from '../mapping.js'
import { DescriptorCalls } from './descriptor-calls.js'

/** Mappings, and other processes' memory. */
export abstract class MemoryCalls extends DescriptorCalls {
  /** @param fd null with MAP_ANONYMOUS */
  async mmap(fd: Fd | null, options: MapOptions): Promise<Mapping> {
    const { length, prot, flags, offset = 0, address = 0n } = options
    const file = fd ?? -1
    const at = await this.address('mmap', address, length, prot, flags, file, offset)
    return this.mapping(at, Number(length))
  }

  /** What this process has there: a mapping that a fork inherited, or that came by other ways. */
  abstract mapping(address: bigint | Mapping, length?: number): Mapping

  /**
   * Up to `length` bytes of another process's memory, read by the kernel through page references.
   *
   * @throws SyscallError EFAULT where the pages cannot be held so
   */
  async processVmReadv(pid: number, address: bigint, length: number): Promise<Buffer> {
    const out = new Out(length)
    using local = this.memory.take(16)
    using remote = this.memory.take(16)
    using target = this.memory.take(length)
    const [, , read, bytes] = await Promise.all([
      local.write(encodeWords(target.address, length)),
      remote.write(encodeWords(address, length)),
      this.number('process_vm_readv', pid, local.address, 1, remote.address, 1, 0),
      target.read(),
    ])
    out.bytes.set(bytes)
    return out.bytes.subarray(0, read)
  }
}

/** For the abstract methods' one implementation. */
export const mappingOf = (process: Calls, at: bigint | Mapping, length = 0): Mapping =>
  at instanceof Mapping
    ? new Mapping(process, at.address, length || at.length)
    : new Mapping(process, at, length)
