import { encodeWords } from '../../abi/structures.js'
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
    return this.withScratch(length, async target => {
      const local = encodeWords(target.address, length)
      const remote = encodeWords(address, length)
      return target.read(0, await this.number('process_vm_readv', pid, local, 1, remote, 1, 0))
    })
  }
}

/** For the abstract methods' one implementation. */
export const mappingOf = (process: Calls, at: bigint | Mapping, length = 0): Mapping =>
  at instanceof Mapping
    ? new Mapping(process, at.address, length || at.length)
    : new Mapping(process, at, length)
