import { describeErrno } from '../abi/errno.js'
import { ProtocolError, SyscallError, type ConnectionLost } from '../errors.js'
import type { TaskChannel } from './channel.js'
import { Answer, MAX_PAYLOAD_BYTES, Request, type WireFrame } from './frames.js'
import {
  decodeError,
  decodeFault,
  decodeResult,
  encodeCall,
  encodeNewFile,
  encodeNumber,
  encodeRange,
  encodeWrite,
  type CallResult,
  type NewTask,
} from './payloads.js'
import type { WaitStatus } from './wait-status.js'

const WRITE_BYTES = MAX_PAYLOAD_BYTES - 8

/** What a task needs from its client. */
export interface TaskClient {
  /** Default deadline of a call, in milliseconds. */
  readonly deadlineMs: number
  /** Returns the task that a `task` answer reported. */
  taskOf(answer: WireFrame): Task
  /** SIGKILLs a task's process; resolves when it is gone. */
  kill(task: number): Promise<void>
}

/** One thread in the guest that serves requests in order. */
export class Task {
  readonly channel: TaskChannel
  readonly pid: number
  readonly tid: number
  readonly scratch: { readonly address: bigint; readonly length: number }
  /** Whether it is a child of the agent, which then reports how it ended. */
  readonly isChild: boolean
  /** For the agent's child: resolves when reaped, or with nothing when the connection was lost. */
  readonly status: Promise<WaitStatus | undefined>
  private readonly client: TaskClient
  private resolveStatus: (status: WaitStatus | undefined) => void = () => undefined

  constructor(client: TaskClient, channel: TaskChannel, made: NewTask, isChild: boolean) {
    this.client = client
    this.channel = channel
    this.pid = made.pid
    this.tid = made.tid
    this.scratch = { address: made.scratch, length: made.scratchLength }
    this.isChild = isChild
    this.status = new Promise(resolve => {
      this.resolveStatus = resolve
    })
  }

  get isOver(): boolean {
    return this.channel.isOver
  }

  /** Default deadline of a call, in milliseconds. */
  get deadlineMs(): number {
    return this.client.deadlineMs
  }

  /** @throws CallTimeout, TaskEnded, ConnectionLost; a call that fails is a result */
  async call(
    number: number,
    args: readonly bigint[],
    options: {
      what: () => string
      deadlineMs: number
      failNth?: number
      endAnswers?: boolean
      entry?: '32-bit'
    },
  ): Promise<CallResult | undefined> {
    const { failNth, entry } = options
    const op = failNth === undefined ? Request.syscall : Request.failNth
    const request = entry === undefined ? op : Request.syscall32
    const answer = await this.channel.ask(request, encodeCall(number, args, failNth), options)
    return answer && decodeResult(this.expect(answer, Answer.result, options.what).payload)
  }

  /** @throws MemoryFault */
  async read(address: bigint, length: number, deadlineMs: number): Promise<Buffer> {
    const parts: Promise<Buffer>[] = []
    for (let at = 0; at < length; at += MAX_PAYLOAD_BYTES) {
      parts.push(
        this.readPart(address + BigInt(at), Math.min(length - at, MAX_PAYLOAD_BYTES), deadlineMs),
      )
    }
    const read = await Promise.all(parts)
    return read.length === 1 && read[0] ? read[0] : Buffer.concat(read)
  }

  /**
   * @throws MemoryFault; bytes before the fault, or in other 64 KiB pieces, may have been written
   */
  async write(address: bigint, bytes: Uint8Array, deadlineMs: number): Promise<void> {
    const parts: Promise<void>[] = []
    for (let at = 0; at < bytes.length; at += WRITE_BYTES) {
      parts.push(
        this.writePart(address + BigInt(at), bytes.subarray(at, at + WRITE_BYTES), deadlineMs),
      )
    }
    await Promise.all(parts)
  }

  /**
   * Reads a file in one round trip; undefined if it has {@link MAX_PAYLOAD_BYTES} or more.
   * @throws SyscallError of open(2) or read(2)
   */
  async readFile(path: string, deadlineMs: number): Promise<Buffer | undefined> {
    const what = () => `read of ${path}`
    const asked = { what, deadlineMs }
    const answer = await this.channel.ask(Request.readFile, Buffer.from(path), asked)
    if (answer?.op === Answer.error) {
      const { errno, text } = decodeError(answer.payload)
      const error = new SyscallError(text, [JSON.stringify(path)], errno)
      if (error.code === 'EFBIG') return undefined
      throw error
    }
    return this.expect(answer, Answer.data, what).payload
  }

  /**
   * Creates or replaces a file in one round trip: written under a temporary name, then renamed.
   * @returns false, with nothing done, if path and content exceed one request
   * @throws SyscallError of open(2), write(2) or rename(2)
   */
  async writeFile(
    path: string,
    content: Uint8Array,
    mode: number,
    deadlineMs: number,
  ): Promise<boolean> {
    const payload = encodeNewFile(path, mode, content)
    if (payload.length > MAX_PAYLOAD_BYTES) return false
    const what = () => `write of ${path}`
    const answer = await this.channel.ask(Request.writeFile, payload, { what, deadlineMs })
    if (answer?.op === Answer.error) {
      const { errno, text } = decodeError(answer.payload)
      throw new SyscallError(text, [JSON.stringify(path)], errno)
    }
    this.expect(answer, Answer.ok, what)
    return true
  }

  /** Forks the process; the copy continues from here. */
  fork(deadlineMs: number): Promise<Task> {
    return this.newTask(Request.fork, 'fork', deadlineMs)
  }

  /** Starts another thread in this process. */
  thread(deadlineMs: number): Promise<Task> {
    return this.newTask(Request.thread, 'thread', deadlineMs)
  }

  /** Ends the thread; ends the process unless the task is a thread started in it. */
  async exit(status: number, deadlineMs: number): Promise<void> {
    const what = () => `exit(${status})`
    const asked = { what, deadlineMs, endAnswers: true }
    await this.channel.ask(Request.exit, encodeNumber(status), asked)
  }

  /** SIGKILLs the whole process; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.isOver) await this.client.kill(this.channel.id)
  }

  /** For the client: the agent's socket to this task closed. */
  closed(): void {
    if (this.isChild) this.channel.close()
    else this.channel.end('the process or thread has ended')
  }

  /** For the client: the agent reaped this process. */
  exited(status: WaitStatus, how: string): void {
    this.resolveStatus(status)
    this.channel.end(how)
  }

  /** For the client: the connection is gone. */
  lose(lost: ConnectionLost): void {
    this.resolveStatus(undefined)
    this.channel.lose(lost)
  }

  private async newTask(op: number, what: string, deadlineMs: number): Promise<Task> {
    const asked = { what: () => what, deadlineMs }
    const answer = await this.channel.ask(op, Buffer.alloc(0), asked)
    return this.client.taskOf(this.expect(answer, Answer.task, asked.what))
  }

  private async readPart(address: bigint, length: number, deadlineMs: number): Promise<Buffer> {
    const what = () => `read of ${length} bytes at 0x${address.toString(16)}`
    const asked = { what, deadlineMs }
    const answer = await this.channel.ask(Request.read, encodeRange(address, length), asked)
    const { payload } = this.expect(answer, Answer.data, what)
    if (payload.length !== length) {
      throw new ProtocolError(`sent ${payload.length} bytes instead of ${length}`)
    }
    return payload
  }

  private async writePart(address: bigint, bytes: Uint8Array, deadlineMs: number): Promise<void> {
    const what = () => `write of ${bytes.length} bytes at 0x${address.toString(16)}`
    const asked = { what, deadlineMs }
    const answer = await this.channel.ask(Request.write, encodeWrite(address, bytes), asked)
    this.expect(answer, Answer.ok, what)
  }

  private expect(answer: WireFrame | undefined, op: number, what: () => string): WireFrame {
    if (answer?.op === op) return answer
    if (answer?.op === Answer.fault) throw decodeFault(answer.payload, what())
    if (answer?.op === Answer.error) {
      const { errno, text } = decodeError(answer.payload)
      if (op === Answer.task) throw new SyscallError(what(), [], errno)
      throw new ProtocolError(`refused ${what()}: ${text} (${describeErrno(errno).name})`)
    }
    throw new ProtocolError(`answered ${what()} with operation ${answer?.op}`)
  }
}
