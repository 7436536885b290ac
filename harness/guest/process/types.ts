import type { WaitStatus } from '../agent/wait-status.js'
import type { Fd, OpenFd } from './arguments.js'
import type { allCalls } from './calls/all.js'
import type { FailNthOutcome } from './fail-nth.js'
import type { mappedMemory } from './mapping.js'

/** All system calls of a process or a thread. */
export interface Calls extends Readonly<ReturnType<typeof allCalls<Descriptor, Mapping>>> {
  readonly pid: number
  readonly tid: number
  /** Resolves when it takes no more calls: it ended, or it runs another program (execve). */
  readonly closed: Promise<void>

  /** This process's descriptor with that number: one that a fork inherited, or that came by other ways. */
  descriptor(fd: Fd): Descriptor

  /** What this process has there: a mapping that a fork inherited, or that came by other ways. */
  mapping(address: bigint | Mapping, length?: number): Mapping

  /** The same process or thread, whose calls may take `deadlineMs` milliseconds. */
  within(deadlineMs: number): this

  /**
   * Makes the one system call that `work` makes with its n-th point of failure failing
   * (Documentation/fault-injection: /proc/thread-self/fail-nth; n counts from 1).
   *
   * @throws RangeError when `work` makes no call or more than one; what `work` throws that is no SyscallError
   */
  failNth<Result>(
    n: number,
    work: (armed: this) => Promise<Result>,
  ): Promise<FailNthOutcome<Result>>

  /** A copy of the process, made by this thread, which is the only one in it. Its parent reaps it (wait4). */
  fork(): Promise<Process>

  /** A new thread of the same process: shares memory and descriptors. */
  thread(): Promise<Thread>
}

/** A process of the guest that makes the calls of a test and no others. SIGUSR1 only interrupts a blocked call. */
export interface Process extends Calls, AsyncDisposable {
  /**
   * How it ended: resolves when it was reaped, or with nothing when the connection was lost.
   * Only of processes that `guest.process()` made: the parent of a fork learns it by `wait4`.
   */
  readonly exited: Promise<WaitStatus | undefined> | undefined

  /** Ends the process with this status. */
  exit(status?: number): Promise<void>

  /** SIGKILLs the process, whatever it does; resolves when it is gone. */
  terminate(): Promise<void>
}

/** One more thread of a process. */
export interface Thread extends Calls, AsyncDisposable {
  /** Ends this thread alone. */
  end(): Promise<void>
}

/** Calls that a descriptor has for itself. */
type OnFd =
  'read' | 'write' | 'pread' | 'pwrite' | 'lseek' | 'ioctl' | 'fstat' | 'mmap' | 'dup' | 'fcntl'

type WithoutFd<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends (fd: Fd, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never
}

/** An open file descriptor of a process. It is accepted wherever a call takes a descriptor. */
export interface Descriptor extends OpenFd, AsyncDisposable, WithoutFd<Pick<Calls, OnFd>> {
  readonly process: Calls

  /** Closes it; a second time fails with EBADF, or closes what has the number by then, as close(2) does. */
  close(): Promise<void>
}

/** A stretch of a process's memory made by mmap. */
export interface Mapping extends Readonly<ReturnType<typeof mappedMemory<Mapping>>> {
  readonly process: Calls
}
