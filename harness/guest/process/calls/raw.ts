import type { SyscallName } from '../../abi/x86_64-syscalls.js'
import type { Argument } from '../arguments.js'
import type { Port } from '../port.js'

/** Any system call, and the process's memory. */
export const rawCalls = (port: Port) => ({
  /** Scratch memory, for structures that hold pointers. */
  memory: port.memory,

  /**
   * Makes any system call, by name or number.
   * @returns its result; a bigint if a number cannot hold it
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
   * Makes a system call through a 64-bit kernel's 32-bit entry, as i386 programs do.
   * @param number as i386 numbers it (arch/x86/entry/syscalls/syscall_32.tbl)
   * @param args each fits 32 bits; strings and buffers are placed low enough, mappings need
   * MAP_32BIT
   * @throws RangeError for an argument that does not fit, and with `failNth`; SyscallError,
   * CallTimeout, TaskEnded, ConnectionLost; ProtocolError if the kernel has no such entry
   * (CONFIG_IA32_EMULATION)
   */
  syscall32: (number: number, ...args: readonly Argument[]) =>
    port.call(number, args, { entry: '32-bit' }).then(Number),

  /** @throws MemoryFault */
  readMemory: (address: bigint, length: number) => port.readMemory(address, length),

  /** @throws MemoryFault */
  writeMemory: (address: bigint, bytes: Uint8Array) => port.writeMemory(address, bytes),
})
