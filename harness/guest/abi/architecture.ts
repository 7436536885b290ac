import { x86_64Syscalls, type SyscallName } from './x86_64-syscalls.js'

/** What differs from one machine to another, as the suites' system calls need it. */
export interface Architecture {
  readonly name: string
  /** ELF's e_machine, by which the agent says what it was built for. */
  readonly machine: number
  syscallNumber(name: SyscallName): number
  /** Bytes of struct epoll_event: packed on x86-64 alone. */
  readonly epollEventBytes: 12 | 16
}

/** x86-64; another needs its own table of numbers, its struct stat and its O_ constants. */
export const architecture: Architecture = {
  name: 'x86_64',
  machine: 62,
  syscallNumber(name) {
    const number = x86_64Syscalls.get(name)
    if (number === undefined) throw new RangeError(`no system call is called ${name} on x86_64`)
    return number
  },
  epollEventBytes: 12,
}
