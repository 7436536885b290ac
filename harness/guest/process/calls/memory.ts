import { encodeWords } from '../../abi/structures.js'
import type { Fd } from '../arguments.js'
import type { Port } from '../port.js'

export interface MapOptions {
  /** In bytes. */
  readonly length: number | bigint
  /** PROT_… */
  readonly prot: number
  /** MAP_… */
  readonly flags: number
  /** In bytes from the file's start; default 0. */
  readonly offset?: number | bigint
  /** Requested address; by default the kernel chooses. */
  readonly address?: bigint
}

/** Mappings, and other processes' memory. */
export const memoryCalls = <Mapping>(
  port: Port,
  mapped: (address: bigint, length: number) => Mapping,
) => ({
  /** @param fd null with MAP_ANONYMOUS */
  async mmap(fd: Fd | null, options: MapOptions): Promise<Mapping> {
    const { length, prot, flags, offset = 0, address = 0n } = options
    const at = await port.address('mmap', address, length, prot, flags, fd ?? -1, offset)
    return mapped(at, Number(length))
  },

  /**
   * Reads up to `length` bytes of another process's memory, through page references.
   * @throws SyscallError EFAULT if the pages cannot be pinned
   */
  processVmReadv(pid: number, address: bigint, length: number): Promise<Buffer> {
    return port.scratch(length, async target => {
      const local = encodeWords(target.address, length)
      const remote = encodeWords(address, length)
      return target.read(0, await port.number('process_vm_readv', pid, local, 1, remote, 1, 0))
    })
  },
})
