import { x86_64Syscalls, type SyscallName } from './x86_64-syscalls.js'

/** What differs between architectures for the suites' system calls. */
export interface Architecture {
  readonly name: string
  /** ELF's e_machine, by which the agent reports its architecture. */
  readonly machine: number
  syscallNumber(name: SyscallName): number
  /** Size of struct epoll_event: packed only on x86-64. */
  readonly epollEventBytes: 12 | 16
}

/** x86-64; others need their own system call numbers, struct stat and O_ constants. */
export const architecture: Architecture = {
  name: 'x86_64',
  machine: 62,
  syscallNumber(name) {
    const number = x86_64Syscalls.get(name)
    if (number === undefined) throw new RangeError(`x86_64 has no system call ${name}`)
    return number
  },
  epollEventBytes: 12,
}
