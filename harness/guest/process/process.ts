import type { Task } from '../agent/task.js'
import type { WaitStatus } from '../agent/wait-status.js'
import { Arena } from './arena.js'
import type { Core } from './base-calls.js'
import { Calls } from './calls.js'

/** What a process and a thread have in common beyond their calls. */
abstract class Runnable extends Calls {
  /** A copy of the process, made by this thread, which is the only one in it. Its parent reaps it (wait4). */
  async fork(): Promise<Process> {
    const { core } = this
    const task = await core.task.fork(this.callDeadlineMs)
    const ancestors = [core, ...core.ancestors]
    return new Process({ task, arena: core.arena.clone(), ancestors })
  }

  /** A thread of the same process: shares memory and descriptors. */
  async thread(): Promise<Thread> {
    const { arena, ancestors, task } = this.core
    return new Thread({ task: await task.thread(this.callDeadlineMs), arena, ancestors })
  }
}

/** A process of the guest that does nothing but what it is told. SIGUSR1 only interrupts a blocked call of it. */
export class Process extends Runnable {
  /** A fresh process around a task that the agent started. */
  static of(task: Task): Process {
    const arena = new Arena(task.scratch.address, task.scratch.length)
    return new Process({ task, arena, ancestors: [] } satisfies Core)
  }

  /**
   * How it ended: resolves when it was reaped, or with nothing when the connection was lost.
   * Only for processes that `guest.process()` made: a fork's parent tells by `wait4`.
   */
  get exited(): Promise<WaitStatus | undefined> | undefined {
    return this.core.task.isChild ? this.core.task.status : undefined
  }

  /** Ends the process with this status. */
  async exit(status = 0): Promise<void> {
    await this.core.task.exit(status, this.callDeadlineMs)
  }

  /** SIGKILLs the process, whatever it does; resolves when it is gone. */
  async terminate(): Promise<void> {
    const { task } = this.core
    if (!task.isOver) await task.agent.kill(task.channel.id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate()
  }
}

/** One more thread of a process. */
export class Thread extends Runnable {
  /** Ends this thread alone. */
  async end(): Promise<void> {
    await this.core.task.exit(0, this.callDeadlineMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.core.task.isOver) await this.end()
  }
}
