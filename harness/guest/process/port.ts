import type { SyscallName } from '../abi/x86_64-syscalls.js'
import type { Task } from '../agent/task.js'
import { CallTimeout } from '../errors.js'
import { Arena } from './arena.js'
import { marshal, type Argument, type OpenFd } from './arguments.js'
import { ArmedCall, type FailNthOutcome } from './fail-nth.js'
import { Scratch } from './scratch.js'
import { makeCall, type CallOptions } from './system-call.js'

/** Who makes the calls. */
interface Caller {
  readonly task: Task
  /** Of its scratch memory. */
  readonly arena: Arena
  /** Pids of the processes it was forked from: their descriptors' numbers are its own too. */
  readonly ancestors: readonly number[]
}

/** Makes the system calls of one process or thread. */
export class Port implements Caller {
  readonly task: Task
  readonly arena: Arena
  readonly ancestors: readonly number[]
  readonly deadlineMs: number
  readonly #armed: ArmedCall | undefined

  private constructor(caller: Caller, deadlineMs = caller.task.deadlineMs, armed?: ArmedCall) {
    this.task = caller.task
    this.arena = caller.arena
    this.ancestors = caller.ancestors
    this.deadlineMs = deadlineMs
    this.#armed = armed
  }

  /** For a process that the agent has just started. */
  static of(task: Task): Port {
    const arena = new Arena(task.scratch.address, task.scratch.length)
    return new Port({ task, arena, ancestors: [] })
  }

  async fork(): Promise<Port> {
    const task = await this.task.fork(this.deadlineMs)
    const ancestors = [this.task.pid, ...this.ancestors]
    return new Port({ task, arena: this.arena.clone(), ancestors })
  }

  async thread(): Promise<Port> {
    const { arena, ancestors } = this
    return new Port({ task: await this.task.thread(this.deadlineMs), arena, ancestors })
  }

  /** The same process or thread, whose calls may take that long. */
  within(deadlineMs: number): Port {
    return new Port(this, deadlineMs, this.#armed)
  }

  /** Without `failNth`, for what outlives the one armed call. */
  unarmed(): Port {
    return this.#armed ? new Port(this, this.deadlineMs) : this
  }

  failNth<Result>(
    n: number,
    work: (armed: Port) => Promise<Result>,
  ): Promise<FailNthOutcome<Result>> {
    const armed = new ArmedCall(n)
    return armed.outcomeOf(work(new Port(this, this.deadlineMs, armed)))
  }

  /** Makes a call whose result fits a number: a descriptor, a count. */
  async number(name: SyscallName, ...args: readonly Argument[]): Promise<number> {
    return Number(await this.call(name, args))
  }

  /** Makes a call whose result is an address. */
  async address(name: SyscallName, ...args: readonly Argument[]): Promise<bigint> {
    return BigInt.asUintN(64, await this.call(name, args))
  }

  readMemory(address: bigint, length: number): Promise<Buffer> {
    return this.task.read(address, length, this.deadlineMs)
  }

  writeMemory(address: bigint, bytes: Uint8Array): Promise<void> {
    return this.task.write(address, bytes, this.deadlineMs)
  }

  /** Lends scratch memory to one call. */
  async scratch<Result>(
    length: number,
    work: (scratch: Scratch) => Promise<Result>,
  ): Promise<Result> {
    const scratch = new Scratch(this, this.arena, length)
    return lend(scratch, () => work(scratch))
  }

  /** Makes any call. @throws SyscallError, CallTimeout, TaskEnded, ConnectionLost, RangeError */
  async call(
    name: SyscallName | number,
    args: readonly Argument[],
    options: CallOptions = {},
  ): Promise<bigint> {
    const marshalled = marshal(args, this.arena, descriptor => this.#numberOf(descriptor))
    const { deadlineMs } = this
    const circumstances = { ...options, deadlineMs, armed: this.#armed }
    return lend(marshalled, () => makeCall(this.task, name, marshalled, circumstances))
  }

  #numberOf({ fd, process }: OpenFd): number {
    const { pid } = this.task
    if (process.pid !== pid && !this.ancestors.includes(process.pid)) {
      throw new RangeError(
        `descriptor ${fd} is one of process ${process.pid}, and this is ${pid}: pass it on (sendFds, pidfdGetfd)`,
      )
    }
    return fd
  }
}

/** Frees memory after `work`, unless it timed out: the kernel may still write there. */
async function lend<Result>(
  memory: { readonly free: () => void },
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work()
    memory.free()
    return result
  } catch (error) {
    if (!(error instanceof CallTimeout)) memory.free()
    throw error
  }
}
