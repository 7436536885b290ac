import { architecture } from '../abi/architecture.js'
import type { SyscallName } from '../abi/x86_64-syscalls.js'
import type { Task } from '../agent/task.js'
import { CallTimeout, SyscallError, TaskEnded } from '../errors.js'
import type { Arena } from './arena.js'
import { marshal, release, type Argument } from './arguments.js'
import type { Descriptor } from './descriptor.js'
import { Memory, type Scratch } from './scratch.js'

/** What `failNth` did. */
export interface FailNthOutcome<Result> {
  /** Whether the call reached its n-th point of failure. It may have succeeded nevertheless. */
  readonly injected: boolean
  /** What was left of n. */
  readonly failuresLeft: number
  readonly result?: Result
  readonly error?: SyscallError
}

interface Armed {
  readonly n: number
  failuresLeft: number | undefined
}

/** Everything that views of one process or thread (`within`, `failNth`) have in common. */
export interface Core {
  readonly task: Task
  readonly arena: Arena
  /** The processes that this one was forked from: their descriptors' numbers are this one's too. */
  readonly ancestors: readonly Core[]
}

/** A process or thread of the guest: what all its system calls are made with. */
export abstract class BaseCalls {
  /** For this folder. */
  readonly core: Core
  private deadlineMs: number
  private armed: Armed | undefined

  constructor(core: Core) {
    this.core = core
    this.deadlineMs = core.task.agent.deadlineMs
  }

  get pid(): number {
    return this.core.task.pid
  }

  get tid(): number {
    return this.core.task.tid
  }

  /** Scratch memory, for structures that hold pointers. */
  get memory(): Memory {
    return new Memory(this.core.task, this.core.arena, this.deadlineMs)
  }

  /** Resolves when it takes no more calls: it ended, or it runs another program (execve). */
  get closed(): Promise<void> {
    return this.core.task.channel.closed
  }

  /** The same process or thread, whose calls may take `deadlineMs` milliseconds. */
  within(deadlineMs: number): this {
    return this.view({ deadlineMs, armed: this.armed })
  }

  /**
   * Makes the one system call that `work` makes with its n-th point of failure failing
   * (Documentation/fault-injection: /proc/thread-self/fail-nth; n counts from 1).
   *
   * @throws RangeError when `work` makes no call or more than one; what `work` throws that is no SyscallError
   */
  async failNth<Result>(
    n: number,
    work: (armed: this) => Promise<Result>,
  ): Promise<FailNthOutcome<Result>> {
    const armed: Armed = { n, failuresLeft: undefined }
    const outcome = await work(this.view({ deadlineMs: this.deadlineMs, armed })).then(
      result => ({ result }),
      (error: unknown) => {
        if (error instanceof SyscallError) return { error }
        throw error
      },
    )
    if (armed.failuresLeft === undefined) {
      throw new RangeError('failNth: no call was made with the armed process')
    }
    return { injected: armed.failuresLeft === 0, failuresLeft: armed.failuresLeft, ...outcome }
  }

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
    const value = await this.invoke(name, args)
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value
  }

  /**
   * A system call by the 32-bit entry of a 64-bit kernel, as programs of i386 make it.
   *
   * @param number as i386 numbers them (arch/x86/entry/syscalls/syscall_32.tbl)
   * @param args each fits 32 bits; strings and buffers lie low enough, mappings need MAP_32BIT
   * @throws RangeError of an argument that does not fit, and on `failNth`; SyscallError, CallTimeout, TaskEnded,
   *   ConnectionLost; ProtocolError where the kernel has no such entry (CONFIG_IA32_EMULATION)
   */
  async syscall32(number: number, ...args: readonly Argument[]): Promise<number> {
    return Number(await this.invoke(number, args, { entry: '32-bit' }))
  }

  /** @throws MemoryFault */
  readMemory(address: bigint, length: number): Promise<Buffer> {
    return this.core.task.read(address, length, this.deadlineMs)
  }

  /** @throws MemoryFault */
  writeMemory(address: bigint, bytes: Uint8Array): Promise<void> {
    return this.core.task.write(address, bytes, this.deadlineMs)
  }

  /** Without `failNth`, for what outlives the one armed call. */
  protected unarmed(): this {
    return this.armed ? this.view({ deadlineMs: this.deadlineMs, armed: undefined }) : this
  }

  protected get callDeadlineMs(): number {
    return this.deadlineMs
  }

  /** Scratch memory for one call. After a timeout it stays taken: the kernel may still write there. */
  protected async withScratch<Result>(
    length: number,
    work: (scratch: Scratch) => Promise<Result>,
  ): Promise<Result> {
    const scratch = this.memory.take(length)
    try {
      const result = await work(scratch)
      scratch.free()
      return result
    } catch (error) {
      if (!(error instanceof CallTimeout)) scratch.free()
      throw error
    }
  }

  /** For the typed calls whose result fits a number: descriptors, counts. */
  protected async number(name: SyscallName, ...args: readonly Argument[]): Promise<number> {
    return Number(await this.invoke(name, args))
  }

  /** For the typed calls whose result is an address. */
  protected async address(name: SyscallName, ...args: readonly Argument[]): Promise<bigint> {
    return BigInt.asUintN(64, await this.invoke(name, args))
  }

  /** For the typed calls that return when the process no longer listens. */
  protected async untilClosed(name: SyscallName, ...args: readonly Argument[]): Promise<void> {
    await this.invoke(name, args, { endAnswers: true })
  }

  /** Copies in, calls and copies out, all sent at once: the task does them one after another. */
  private async invoke(
    name: SyscallName | number,
    args: readonly Argument[],
    options: { readonly endAnswers?: boolean; readonly entry?: '32-bit' } = {},
  ): Promise<bigint> {
    const { task, arena } = this.core
    const { deadlineMs, armed } = this
    const { endAnswers = false, entry } = options
    const call = marshal(args, arena, descriptor => this.fdOf(descriptor))
    const number = typeof name === 'number' ? name : architecture.syscallNumber(name)
    const prefix = entry === undefined ? 'syscall' : 'syscall32'
    const label = typeof name === 'number' ? `${prefix}_${name}` : name
    const what = () => `${label}(${call.shown.join(', ')})`
    if (entry !== undefined && (armed !== undefined || !call.values.every(fits32Bits))) {
      release(call.placed, arena)
      throw new RangeError(
        armed ? `failNth: ${what()} cannot be armed` : `${what()}: expected arguments of 32 bits`,
      )
    }
    if (armed && armed.failuresLeft !== undefined) {
      release(call.placed, arena)
      throw new RangeError(`failNth: ${what()} is a second call; one at a time can be armed`)
    }
    if (armed) armed.failuresLeft = armed.n
    const failing = armed ? { failNth: armed.n } : {}
    const written = call.inputs.map(input => task.write(input.address, input.bytes, deadlineMs))
    const called = task.call(number, call.values, { what, deadlineMs, ...options, ...failing })
    const copied = call.outputs.map(async ({ address, into }) => {
      into.set(await task.read(address, into.length, deadlineMs))
    })
    const [[outcome], ...others] = await Promise.all([
      Promise.allSettled([called]),
      Promise.allSettled(written),
      Promise.allSettled(copied),
    ])
    const failure = [outcome, ...others.flat()].find(settled => settled.status === 'rejected')
    // After a timeout the kernel may still write there.
    if (!(failure?.reason instanceof CallTimeout)) release(call.placed, arena)
    if (outcome.status === 'rejected') throw outcome.reason
    const result = outcome.value
    if (!result) return 0n
    if (armed) armed.failuresLeft = result.failuresLeft
    if (result.errno !== 0) throw new SyscallError(label, call.shown, result.errno)
    if (failure && !(endAnswers && failure.reason instanceof TaskEnded)) throw failure.reason
    return result.value
  }

  private fdOf(descriptor: Descriptor): number {
    const owner = descriptor.process.core
    const isOurs = (core: Core): boolean => core.arena === owner.arena
    if (!isOurs(this.core) && !this.core.ancestors.some(isOurs)) {
      throw new RangeError(
        `descriptor ${descriptor.fd} is one of process ${owner.task.pid}, and this is ${this.pid}: pass it on (sendFds, pidfdGetfd)`,
      )
    }
    return descriptor.fd
  }

  private view(options: { deadlineMs: number; armed: Armed | undefined }): this {
    const prototype = Object.getPrototypeOf(this) as object
    return Object.assign(Object.create(prototype) as this, this, options)
  }
}

/** As a signed or an unsigned number. */
const fits32Bits = (value: bigint): boolean =>
  value === BigInt.asUintN(32, value) || value === BigInt.asIntN(32, value)
