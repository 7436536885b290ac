import type { Duplex } from 'node:stream'
import { ProtocolError, type ConnectionLost } from '../errors.js'
import { KernelLog } from '../log/kernel-log.js'
import { TaskChannel } from './channel.js'
import { AnswerOp, PROTOCOL_VERSION, RequestOp, type WireFrame } from './frames.js'
import {
  decodeExited,
  decodeHello,
  decodeNewTask,
  decodeOthers,
  decodeRefusal,
  encodeNumber,
  printable,
  type Hello,
  type OtherProcess,
} from './payloads.js'
import { Task, type TaskClient } from './task.js'
import { howItEnded } from './wait-status.js'
import { Wire, type WireOwner } from './wire.js'

export interface AgentOptions {
  /** Default deadline of a call, in milliseconds. */
  readonly deadlineMs: number
  /** Deadline of the agent's first answer, which may include its start. */
  readonly helloDeadlineMs?: number
  /** Total time the guest's machine has been stopped; deadlines are extended by it. */
  readonly stoppedMs?: () => number
}

/** Client of the agent over any duplex stream: an ssh channel, or the stdio of a local agent. */
export class AgentClient implements TaskClient, WireOwner {
  readonly log: KernelLog
  readonly deadlineMs: number
  readonly #wire: Wire
  readonly #router: TaskChannel
  readonly #tasks = new Map<number, Task>()
  /** New tasks by their answer: a task may end before its requester continues. */
  readonly #made = new WeakMap<WireFrame, Task>()

  private constructor(stream: Duplex, options: AgentOptions) {
    this.deadlineMs = options.deadlineMs
    this.#wire = new Wire(stream, this, options.stoppedMs)
    this.#router = new TaskChannel(this.#wire, 0)
    const barrier = () => this.#ask(RequestOp.barrier, Buffer.alloc(0), 'kernel log barrier')
    this.log = new KernelLog(() => barrier().then(() => undefined))
  }

  /**
   * Greets the agent at the other end of `stream`.
   * @throws ProtocolError if it is no agent or another version; CallTimeout, ConnectionLost
   */
  static async open(stream: Duplex, options: AgentOptions) {
    const agent = new AgentClient(stream, options)
    try {
      return { agent, hello: await agent.hello(options.helloDeadlineMs) }
    } catch (error) {
      agent.close()
      throw error
    }
  }

  /** Resolves when no more requests are possible. */
  get closed(): Promise<ConnectionLost> {
    return this.#wire.closed
  }

  /** Number of requests made so far. */
  get requests(): number {
    return this.#wire.requests
  }

  /** Requests the router's hello. */
  async hello(deadlineMs?: number): Promise<Hello> {
    const answer = await this.#ask(RequestOp.hello, Buffer.alloc(0), 'ping', deadlineMs)
    const hello = decodeHello(answer.payload)
    if (hello.protocol !== PROTOCOL_VERSION) {
      throw new ProtocolError(`speaks protocol ${hello.protocol}, not ${PROTOCOL_VERSION}`)
    }
    return hello
  }

  async spawn(): Promise<Task> {
    return this.taskOf(await this.#ask(RequestOp.spawn, Buffer.alloc(0), 'new process'))
  }

  /** SIGKILLs a task's process; resolves when it is gone, and reaped if it is the agent's child. */
  async kill(task: number): Promise<void> {
    await this.#ask(RequestOp.kill, encodeNumber(task), `kill of task ${task}`)
  }

  /** SIGKILLs all processes but these, including forks and threads; resolves when all are gone. */
  async killAllBut(kept: readonly number[]): Promise<void> {
    const pids = new Set(kept)
    const killed: Promise<void>[] = []
    for (const task of this.#tasks.values()) {
      if (task.isOver || pids.has(task.pid)) continue
      pids.add(task.pid)
      killed.push(task.kill())
    }
    await Promise.all(killed)
  }

  /**
   * SIGKILLs running commands, programs that replaced tasks (execve), and their children.
   * @param killLeft also kills what has outlived its parent
   * @returns all of these that were running; killed ones may still be exiting
   */
  async others(killLeft: boolean): Promise<readonly OtherProcess[]> {
    const answer = await this.#ask(
      RequestOp.others,
      encodeNumber(Number(killLeft)),
      'other processes',
    )
    return decodeOthers(answer.payload)
  }

  /**
   * Resolves when the router and every task have answered all earlier requests. The agent reads no
   * later request until then, so a request after a kill sees a guest without the killed process.
   * @param limitMs the agent continues after that time
   * @returns false if something was unanswered by then
   */
  async fence(limitMs: number): Promise<boolean> {
    const asked = { what: () => 'fence', deadlineMs: this.deadlineMs + limitMs }
    const answer = await this.#router.ask(RequestOp.fence, encodeNumber(limitMs), asked)
    return answer?.op === AnswerOp.ok
  }

  /** Returns the task that a `task` answer reported. */
  taskOf(answer: WireFrame): Task {
    const task = this.#made.get(answer)
    if (task) return task
    throw new ProtocolError('reported a task that was not requested')
  }

  /** Closes the connection; the agent then kills what it started. */
  close(): void {
    this.#wire.close('the agent was closed')
  }

  /** For the wire: a frame from the agent. */
  dispatch(frame: WireFrame): void {
    const task = this.#tasks.get(frame.task)
    switch (frame.op) {
      case AnswerOp.log:
        return this.log.take(frame.payload.toString('utf8'))
      case AnswerOp.logLost:
        // The gap in the sequence numbers shows how much was lost.
        return
      case AnswerOp.fatal:
        throw new ProtocolError(`gave up: ${printable(frame.payload)}`)
      case AnswerOp.taskClosed:
        task?.closed()
        return this.#forget(frame.task)
      case AnswerOp.processExited: {
        const status = decodeExited(frame.payload)
        task?.exited(status, `the process ${howItEnded(status)}`)
        return this.#forget(frame.task)
      }
      case AnswerOp.task:
        this.#adopt(frame)
    }
    const channel = frame.task === 0 ? this.#router : task?.channel
    channel?.receive(frame)
  }

  /** For the wire: the connection is gone. */
  lose(lost: ConnectionLost): void {
    this.#router.lose(lost)
    for (const task of this.#tasks.values()) task.lose(lost)
    this.#tasks.clear()
  }

  /** @throws the agent's error as a harness error */
  async #ask(
    op: number,
    payload: Buffer,
    what: string,
    deadlineMs = this.deadlineMs,
  ): Promise<WireFrame> {
    const answer = await this.#router.ask(op, payload, { what: () => what, deadlineMs })
    if (!answer) throw new ProtocolError(`gave no answer to ${what}`)
    if (answer.op === AnswerOp.error) throw decodeRefusal(answer.payload, what)
    return answer
  }

  #adopt(answer: WireFrame): void {
    const made = decodeNewTask(answer.payload)
    const channel = new TaskChannel(this.#wire, made.task)
    const task = new Task(this, channel, made, answer.task === 0)
    this.#tasks.set(made.task, task)
    this.#made.set(answer, task)
  }

  #forget(id: number): void {
    if (this.#tasks.get(id)?.isOver) this.#tasks.delete(id)
  }
}
