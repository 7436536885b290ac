import type { WaitStatus } from '../agent/wait-status.js'
import type { Fd, OpenFd } from './arguments.js'
import type { allCalls } from './calls/all.js'
import type { FailNthOutcome } from './fail-nth.js'
import type { mappedMemory } from './mapping.js'

/** All system calls of a process or a thread. */
export interface Calls extends Readonly<ReturnType<typeof allCalls<Descriptor, Mapping>>> {
  readonly pid: number
  readonly tid: number
  /** Resolves when it takes no more calls: it ended, or runs another program (execve). */
  readonly closed: Promise<void>

  /** Wraps this process's descriptor with that number, such as an inherited one. */
  descriptor(fd: Fd): Descriptor

  /** Wraps this process's memory at an address, such as an inherited mapping. */
  mapping(address: bigint | Mapping, length?: number): Mapping

  /** Returns the same process or thread with calls limited to `deadlineMs` milliseconds. */
  within(deadlineMs: number): this

  /**
   * Makes the one system call in `act` with its n-th point of failure failing
   * (Documentation/fault-injection: /proc/thread-self/fail-nth; n counts from 1).
   * @throws RangeError if `act` makes no call or several; any error of `act` but a SyscallError
   */
  failNth<Result>(n: number, act: (armed: this) => Promise<Result>): Promise<FailNthOutcome<Result>>

  /** Forks the process; the copy has this thread alone. Its parent reaps it (wait4). */
  fork(): Promise<Process>

  /** Starts a thread of the same process: shares memory and descriptors. */
  thread(): Promise<Thread>
}

/** A guest process that makes only a test's calls. SIGUSR1 only interrupts a blocked call. */
export interface Process extends Calls, AsyncDisposable {
  /**
   * Resolves with its status when reaped, or with nothing if the connection was lost. Only for
   * processes of `guest.process()`: the parent of a fork uses `wait4`.
   */
  readonly exited: Promise<WaitStatus | undefined> | undefined

  /** Exits with this status. */
  exit(status?: number): Promise<void>

  /** SIGKILLs the process; resolves when it is gone. */
  terminate(): Promise<void>
}

/** A further thread of a process. */
export interface Thread extends Calls, AsyncDisposable {
  /** Ends only this thread. */
  end(): Promise<void>
}

/** Calls that a descriptor offers itself. */
type OnFd =
  'read' | 'write' | 'pread' | 'pwrite' | 'lseek' | 'ioctl' | 'fstat' | 'mmap' | 'dup' | 'fcntl'

type WithoutFd<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends (fd: Fd, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never
}

/** An open file descriptor of a process, accepted wherever a call takes a descriptor. */
export interface Descriptor extends OpenFd, AsyncDisposable, WithoutFd<Pick<Calls, OnFd>> {
  readonly process: Calls

  /** Closes it; a second close fails with EBADF, or closes a reused number, as close(2) does. */
  close(): Promise<void>
}

/** Memory of a process mapped by mmap. */
export interface Mapping extends Readonly<ReturnType<typeof mappedMemory<Mapping>>> {
  readonly process: Calls
}
