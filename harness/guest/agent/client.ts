import type { Duplex } from 'node:stream'
import { describeErrno } from '../abi/errno.js'
import { ConnectionLost, ProtocolError } from '../errors.js'
import { KernelLog } from '../log/kernel-log.js'
import { TaskChannel } from './channel.js'
import { Answer, FrameReader, PROTOCOL_VERSION, Request, type WireFrame } from './frames.js'
import {
  decodeError,
  decodeExited,
  decodeHello,
  decodeNewTask,
  decodeOthers,
  encodeNumber,
  printable,
  type Hello,
  type OtherProcess,
} from './payloads.js'
import { Task, type TaskClient } from './task.js'
import { decodeWaitStatus, howItEnded } from './wait-status.js'

export interface AgentOptions {
  /** Default deadline of a call, in milliseconds. */
  readonly deadlineMs: number
  /** Deadline of the agent's first answer, which may include its start. */
  readonly helloDeadlineMs?: number
  /** Total time the guest's machine has been stopped; deadlines are extended by it. */
  readonly stalledMs?: () => number
}

/**
 * Client of the agent over any duplex stream: an ssh channel, or a local agent's stdin and stdout.
 * Frames made in one turn of the event loop are sent in one write.
 */
export class AgentClient implements TaskClient {
  /** Resolves when no more requests are possible. */
  readonly closed: Promise<ConnectionLost>
  readonly log: KernelLog
  readonly deadlineMs: number
  private readonly stream: Duplex
  private readonly stoppedMs: () => number
  private readonly router: TaskChannel
  private readonly tasks = new Map<number, Task>()
  /** Pending kills, by task. */
  private readonly kills = new Map<number, Promise<void>>()
  /** New tasks by their answer: a task may end before its requester continues. */
  private readonly made = new WeakMap<WireFrame, Task>()
  private readonly reader = new FrameReader()
  private outgoing: Buffer[] = []
  private lastRequest = 0
  private lost: ConnectionLost | undefined
  private resolveClosed: (lost: ConnectionLost) => void = () => undefined

  private constructor(stream: Duplex, options: AgentOptions) {
    this.stream = stream
    this.deadlineMs = options.deadlineMs
    this.stoppedMs = options.stalledMs ?? (() => 0)
    this.closed = new Promise(resolve => {
      this.resolveClosed = resolve
    })
    this.router = this.channel(0)
    this.log = new KernelLog(async deadlineMs => {
      await this.ask(Request.barrier, Buffer.alloc(0), 'kernel log barrier', deadlineMs)
    })
    stream.on('data', (chunk: Buffer) => {
      this.receive(chunk)
    })
    stream.on('error', (error: Error) => {
      this.lose("the agent's stream failed", error)
    })
    stream.on('close', () => {
      this.lose("the agent's stream ended")
    })
    stream.on('end', () => {
      this.lose("the agent's stream ended")
    })
  }

  /**
   * Greets the agent at the other end of `stream`.
   * @throws ProtocolError if it is no agent or another version; CallTimeout, ConnectionLost
   */
  static async open(
    stream: Duplex,
    options: AgentOptions,
  ): Promise<{ readonly agent: AgentClient; readonly hello: Hello }> {
    const agent = new AgentClient(stream, options)
    try {
      return { agent, hello: await agent.hello(options.helloDeadlineMs) }
    } catch (error) {
      agent.close()
      throw error
    }
  }

  /** Requests the router's hello. */
  async hello(deadlineMs?: number): Promise<Hello> {
    const answer = await this.ask(Request.hello, Buffer.alloc(0), 'ping', deadlineMs)
    const hello = decodeHello(answer.payload)
    if (hello.protocol !== PROTOCOL_VERSION) {
      throw new ProtocolError(`speaks protocol ${hello.protocol}, not ${PROTOCOL_VERSION}`)
    }
    return hello
  }

  /** Number of requests made so far. */
  get requests(): number {
    return this.lastRequest
  }

  /** Starts a new user process. */
  async spawn(): Promise<Task> {
    return this.taskOf(await this.ask(Request.spawn, Buffer.alloc(0), 'new process'))
  }

  /**
   * SIGKILLs a task's process; resolves when it is gone, and reaped if it is the agent's child.
   * Concurrent calls for one task share one request.
   */
  kill(task: number): Promise<void> {
    const known = this.kills.get(task)
    if (known !== undefined) return known
    const asked = this.ask(Request.kill, encodeNumber(task), `kill of task ${task}`)
    const killed = asked.then(() => undefined).finally(() => this.kills.delete(task))
    this.kills.set(task, killed)
    return killed
  }

  /** SIGKILLs all processes but these, including forks and threads; resolves when all are gone. */
  async killAllBut(kept: readonly number[]): Promise<void> {
    const pids = new Set(kept)
    const killed: Promise<void>[] = []
    for (const task of this.tasks.values()) {
      if (task.isOver || pids.has(task.pid)) continue
      pids.add(task.pid)
      killed.push(this.kill(task.channel.id))
    }
    await Promise.all(killed)
  }

  /**
   * SIGKILLs running commands, programs that replaced tasks (execve), and their children.
   * @param killLeft also kills what has outlived its parent
   * @returns all of these that were running; killed ones may still be exiting
   */
  async others(killLeft: boolean): Promise<readonly OtherProcess[]> {
    const answer = await this.ask(Request.others, encodeNumber(Number(killLeft)), 'other processes')
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
    const answer = await this.router.ask(Request.fence, encodeNumber(limitMs), asked)
    return answer?.op === Answer.ok
  }

  /** Returns the task that a `task` answer reported. */
  taskOf(answer: WireFrame): Task {
    const task = this.made.get(answer)
    if (!task) throw new ProtocolError('reported a task that was not requested')
    return task
  }

  /** Closes the connection; the agent then kills what it started. */
  close(): void {
    this.lose('the agent was closed')
    this.stream.destroy()
  }

  /** @throws the agent's error as a harness error */
  private async ask(
    op: number,
    payload: Buffer,
    what: string,
    deadlineMs = this.deadlineMs,
  ): Promise<WireFrame> {
    const answer = await this.router.ask(op, payload, { what: () => what, deadlineMs })
    if (!answer) throw new ProtocolError(`gave no answer to ${what}`)
    if (answer.op === Answer.error) {
      const { errno, text } = decodeError(answer.payload)
      throw new ProtocolError(`refused ${what}: ${text} (${describeErrno(errno).name})`)
    }
    return answer
  }

  private channel(id: number): TaskChannel {
    return new TaskChannel(
      {
        stalledMs: this.stoppedMs,
        nextRequest: () => {
          this.lastRequest = (this.lastRequest % 0xffffffff) + 1
          return this.lastRequest
        },
        send: frame => {
          this.send(frame)
        },
      },
      id,
    )
  }

  private send(frame: Buffer): void {
    if (this.outgoing.push(frame) > 1) return
    queueMicrotask(() => {
      const frames = this.outgoing
      this.outgoing = []
      if (this.stream.writable) {
        this.stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames))
      }
    })
  }

  private receive(chunk: Buffer): void {
    try {
      for (const frame of this.reader.push(chunk)) this.dispatch(frame)
    } catch (error) {
      this.lose('the agent sent invalid data', error)
      this.stream.destroy()
    }
  }

  private dispatch(frame: WireFrame): void {
    switch (frame.op) {
      case Answer.log:
        this.log.take(frame.payload.toString('utf8'))
        return
      case Answer.logLost:
        // The gap in the sequence numbers shows how much was lost.
        return
      case Answer.fatal:
        throw new ProtocolError(`gave up: ${printable(frame.payload)}`)
      case Answer.taskClosed:
        this.tasks.get(frame.task)?.closed()
        this.forget(frame.task)
        return
      case Answer.processExited: {
        const status = decodeWaitStatus(decodeExited(frame.payload).status)
        this.tasks.get(frame.task)?.exited(status, `the process ${howItEnded(status)}`)
        this.forget(frame.task)
        return
      }
      case Answer.task:
        this.adopt(frame)
        break
    }
    const channel = frame.task === 0 ? this.router : this.tasks.get(frame.task)?.channel
    channel?.receive(frame)
  }

  private adopt(answer: WireFrame): void {
    const made = decodeNewTask(answer.payload)
    const task = new Task(this, this.channel(made.task), made, answer.task === 0)
    this.tasks.set(made.task, task)
    this.made.set(answer, task)
  }

  private forget(id: number): void {
    if (this.tasks.get(id)?.isOver) this.tasks.delete(id)
  }

  private lose(what: string, cause?: unknown): void {
    if (this.lost) return
    this.lost = new ConnectionLost(what, cause)
    this.router.lose(this.lost)
    for (const task of this.tasks.values()) task.lose(this.lost)
    this.tasks.clear()
    this.resolveClosed(this.lost)
  }
}
