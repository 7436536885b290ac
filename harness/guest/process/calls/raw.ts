import type { SyscallName } from '../../abi/x86_64-syscalls.js'
import type { Argument } from '../arguments.js'
import type { Port } from '../port.js'

/** Any system call, and the process's memory. */
export const rawCalls = (port: Port) => ({
  /** Scratch memory, for structures that hold pointers. */
  memory: port.memory,

  /**
   * Any system call, by its name or number.
   *
   * @returns its result; a bigint when a number cannot hold it
   * @throws SyscallError, CallTimeout, TaskEnded, ConnectionLost
   */
  async syscall(
    name: SyscallName | number,
    ...args: readonly Argument[]
  ): Promise<number | bigint> {
    const value = await port.call(name, args)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  },

  /**
   * A system call by the 32-bit entry of a 64-bit kernel, as programs of i386 make it.
   *
   * @param number as i386 numbers them (arch/x86/entry/syscalls/syscall_32.tbl)
   * @param args each fits 32 bits; strings and buffers lie low enough, mappings need MAP_32BIT
   * @throws RangeError of an argument that does not fit, and on `failNth`; SyscallError, CallTimeout, TaskEnded,
   *   ConnectionLost; ProtocolError where the kernel has no such entry (CONFIG_IA32_EMULATION)
   */
  syscall32: (number: number, ...args: readonly Argument[]) =>
    port.call(number, args, { entry: '32-bit' }).then(Number),

  /** @throws MemoryFault */
  readMemory: (address: bigint, length: number) => port.readMemory(address, length),

  /** @throws MemoryFault */
  writeMemory: (address: bigint, bytes: Uint8Array) => port.writeMemory(address, bytes),
})
