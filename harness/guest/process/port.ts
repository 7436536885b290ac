import type { SyscallName } from '../abi/x86_64-syscalls.js'
import type { Task } from '../agent/task.js'
import { CallTimeout } from '../errors.js'
import { Arena } from './arena.js'
import { marshal, Out, type Argument, type OpenFd } from './arguments.js'
import { failNth, type ArmedCall, type FailNthOutcome } from './fail-nth.js'
import { Memory, type Scratch } from './scratch.js'
import { makeCall, type CallOptions } from './system-call.js'

/** Makes the system calls of one process or thread. */
export class Port {
  readonly task: Task
  /** Allocator of its scratch memory. */
  readonly arena: Arena
  readonly memory: Memory
  readonly deadlineMs: number
  /** Pids of the processes it was forked from: their descriptor numbers are valid here. */
  readonly #ancestors: readonly number[]
  readonly #armed: ArmedCall | undefined

  private constructor(
    task: Task,
    arena: Arena,
    ancestors: readonly number[],
    deadlineMs = task.deadlineMs,
    armed?: ArmedCall,
  ) {
    this.task = task
    this.deadlineMs = deadlineMs
    this.arena = arena
    this.memory = new Memory(this)
    this.#ancestors = ancestors
    this.#armed = armed
  }

  /** For a process that the agent has just started. */
  static forTask(task: Task): Port {
    return new Port(task, new Arena(task.scratch.address, task.scratch.length), [])
  }

  async fork(): Promise<Port> {
    const ancestors = [this.task.pid, ...this.#ancestors]
    return new Port(await this.task.fork(this.deadlineMs), this.arena.clone(), ancestors)
  }

  async thread(): Promise<Port> {
    return new Port(await this.task.thread(this.deadlineMs), this.arena, this.#ancestors)
  }

  /** Returns the same process or thread with another deadline. */
  within(deadlineMs: number): Port {
    return this.#with(deadlineMs, this.#armed)
  }

  /** Without `failNth`, for objects that outlive the one armed call. */
  unarmed(): Port {
    return this.#armed ? this.#with(this.deadlineMs) : this
  }

  failNth<Result>(
    n: number,
    act: (armed: Port) => Promise<Result>,
  ): Promise<FailNthOutcome<Result>> {
    return failNth(n, armed => act(this.#with(this.deadlineMs, armed)))
  }

  /** Makes a call whose result fits a number: a descriptor, a count. */
  async number(name: SyscallName, ...args: readonly Argument[]): Promise<number> {
    return Number(await this.call(name, args))
  }

  /** Makes a call that returns an address. */
  async address(name: SyscallName, ...args: readonly Argument[]): Promise<bigint> {
    return BigInt.asUintN(64, await this.call(name, args))
  }

  /** Makes a call without a result. */
  async nothing(name: SyscallName, ...args: readonly Argument[]): Promise<void> {
    await this.call(name, args)
  }

  /** Makes a call that fills its last argument, a buffer that is added here. */
  async output(length: number, name: SyscallName, ...args: readonly Argument[]): Promise<Buffer> {
    const out = new Out(length)
    await this.call(name, [...args, out])
    return out.bytes
  }

  /** Makes any call. @throws SyscallError, CallTimeout, TaskEnded, ConnectionLost, RangeError */
  async call(
    name: SyscallName | number,
    args: readonly Argument[],
    options: CallOptions = {},
  ): Promise<bigint> {
    const marshalled = marshal(args, this.arena, descriptor => this.#numberOf(descriptor))
    const circumstances = { ...options, deadlineMs: this.deadlineMs, armed: this.#armed }
    return withMemory(marshalled, () => makeCall(this.task, name, marshalled, circumstances))
  }

  /** Calls `act` with scratch memory. */
  async scratch<Result>(
    length: number,
    act: (scratch: Scratch) => Promise<Result>,
  ): Promise<Result> {
    const scratch = this.memory.take(length)
    return withMemory(scratch, () => act(scratch))
  }

  readMemory(address: bigint, length: number): Promise<Buffer> {
    return this.task.read(address, length, this.deadlineMs)
  }

  writeMemory(address: bigint, bytes: Uint8Array): Promise<void> {
    return this.task.write(address, bytes, this.deadlineMs)
  }

  #with(deadlineMs: number, armed?: ArmedCall): Port {
    return new Port(this.task, this.arena, this.#ancestors, deadlineMs, armed)
  }

  #numberOf({ fd, process }: OpenFd): number {
    const { pid } = this.task
    if (process.pid !== pid && !this.#ancestors.includes(process.pid)) {
      throw new RangeError(
        `descriptor ${fd} belongs to process ${process.pid}, not ${pid}: pass it on (sendFds, pidfdGetfd)`,
      )
    }
    return fd
  }
}

/** Frees memory after `act`, unless it timed out: the kernel may still write there. */
async function withMemory<Result>(
  memory: { free(): void },
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await act()
    memory.free()
    return result
  } catch (error) {
    if (!(error instanceof CallTimeout)) memory.free()
    throw error
  }
}
