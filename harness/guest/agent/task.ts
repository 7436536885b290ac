import { deferred } from '../../platform/waiting/deferred.js'
import { encodeWords } from '../abi/structures.js'
import { ProtocolError, SyscallError, type ConnectionLost } from '../errors.js'
import type { RequestOptions, TaskChannel } from './channel.js'
import { AnswerOp, MAX_PAYLOAD_BYTES, RequestOp, type WireFrame } from './frames.js'
import {
  decodeError,
  decodeFault,
  decodeRefusal,
  decodeResult,
  encodeCall,
  encodeNumber,
  encodeWrite,
  type AgentError,
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
  readonly #client: TaskClient
  readonly #ended = deferred<WaitStatus | undefined>()
  #killing: Promise<void> | undefined

  constructor(client: TaskClient, channel: TaskChannel, made: NewTask, isChild: boolean) {
    this.#client = client
    this.channel = channel
    this.pid = made.pid
    this.tid = made.tid
    this.scratch = { address: made.scratch, length: made.scratchLength }
    this.isChild = isChild
  }

  /** For the agent's child: resolves when reaped, or with nothing when the connection was lost. */
  get status(): Promise<WaitStatus | undefined> {
    return this.#ended.promise
  }

  get isOver(): boolean {
    return this.channel.isOver
  }

  /** Default deadline of a call, in milliseconds. */
  get deadlineMs(): number {
    return this.#client.deadlineMs
  }

  /** @throws CallTimeout, TaskEnded, ConnectionLost; a call that fails is a result */
  async call(
    number: number,
    args: readonly bigint[],
    options: RequestOptions & { readonly failNth?: number; readonly entry?: '32-bit' },
  ): Promise<CallResult | undefined> {
    const { failNth, entry, what } = options
    const op = failNth === undefined ? RequestOp.syscall : RequestOp.failNth
    const request = entry === undefined ? op : RequestOp.syscall32
    const answer = await this.channel.ask(request, encodeCall(number, args, failNth), options)
    return answer && decodeResult(expect(answer, AnswerOp.result, what).payload)
  }

  /** @throws MemoryFault */
  async read(address: bigint, length: number, deadlineMs: number): Promise<Buffer> {
    const parts = await Promise.all(
      piecesOf(length, MAX_PAYLOAD_BYTES).map(async ({ at, bytes }) => {
        const from = address + BigInt(at)
        const what = () => `read of ${bytes} bytes at 0x${from.toString(16)}`
        const payload = encodeWords(from, bytes)
        const answer = await this.ask(RequestOp.read, payload, { what, deadlineMs }, AnswerOp.data)
        if (answer.payload.length === bytes) return answer.payload
        throw new ProtocolError(`sent ${answer.payload.length} bytes instead of ${bytes}`)
      }),
    )
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }

  /** @throws MemoryFault; bytes before it, or in other 64 KiB pieces, may have been written */
  async write(address: bigint, content: Uint8Array, deadlineMs: number): Promise<void> {
    await Promise.all(
      piecesOf(content.length, WRITE_BYTES).map(({ at, bytes }) => {
        const to = address + BigInt(at)
        const what = () => `write of ${bytes} bytes at 0x${to.toString(16)}`
        const payload = encodeWrite(to, content.subarray(at, at + bytes))
        return this.ask(RequestOp.write, payload, { what, deadlineMs }, AnswerOp.ok)
      }),
    )
  }

  /** Forks the process; the copy continues from here. */
  fork(deadlineMs: number): Promise<Task> {
    return this.#newTask(RequestOp.fork, 'fork', deadlineMs)
  }

  /** Starts another thread in this process. */
  thread(deadlineMs: number): Promise<Task> {
    return this.#newTask(RequestOp.thread, 'thread', deadlineMs)
  }

  /** Ends the thread; ends the process unless the task is a thread started in it. */
  async exit(status: number, deadlineMs: number): Promise<void> {
    const what = () => `exit(${status})`
    const asked = { what, deadlineMs, endAnswers: true }
    await this.channel.ask(RequestOp.exit, encodeNumber(status), asked)
  }

  /** SIGKILLs the whole process; resolves when it is gone. Concurrent calls share one request. */
  async kill(): Promise<void> {
    if (this.isOver) return
    this.#killing ??= this.#client.kill(this.channel.id).finally(() => (this.#killing = undefined))
    await this.#killing
  }

  /** For the client: the agent's socket to this task closed. */
  closed(): void {
    if (this.isChild) this.channel.close()
    else this.channel.end('the process or thread has ended')
  }

  /** For the client: the agent reaped this process. */
  exited(status: WaitStatus, how: string): void {
    this.#ended.resolve(status)
    this.channel.end(how)
  }

  /** For the client: the connection is gone. */
  lose(lost: ConnectionLost): void {
    this.#ended.resolve(undefined)
    this.channel.lose(lost)
  }

  /**
   * Makes a request and checks its answer.
   * @param failed how an error of the agent's is thrown; default: as a broken protocol
   * @throws MemoryFault, ProtocolError, CallTimeout, TaskEnded, ConnectionLost
   */
  async ask(
    op: number,
    payload: Buffer,
    asked: RequestOptions,
    expected: number,
    failed?: (error: AgentError) => Error,
  ): Promise<WireFrame> {
    return expect(await this.channel.ask(op, payload, asked), expected, asked.what, failed)
  }

  async #newTask(op: number, what: string, deadlineMs: number): Promise<Task> {
    const asked = { what: () => what, deadlineMs }
    const failed = ({ errno }: AgentError) => new SyscallError(what, [], errno)
    const answer = await this.ask(op, Buffer.alloc(0), asked, AnswerOp.task, failed)
    return this.#client.taskOf(answer)
  }
}

function expect(
  answer: WireFrame | undefined,
  op: number,
  what: () => string,
  failed?: (error: AgentError) => Error,
): WireFrame {
  if (answer?.op === op) return answer
  if (answer?.op === AnswerOp.fault) throw decodeFault(answer.payload, what())
  if (answer?.op === AnswerOp.error)
    throw failed?.(decodeError(answer.payload)) ?? decodeRefusal(answer.payload, what())
  throw new ProtocolError(`answered ${what()} with operation ${answer?.op}`)
}

const piecesOf = (length: number, most: number): { at: number; bytes: number }[] =>
  Array.from({ length: Math.ceil(length / most) }, (_, index) => ({
    at: index * most,
    bytes: Math.min(most, length - index * most),
  }))
