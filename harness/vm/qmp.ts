import { EventEmitter } from 'node:events'
import { finished, type Duplex } from 'node:stream'
import { startCountdown, scaledHere } from '../platform/waiting/deadlines.js'
import { deferred, type Deferred } from '../platform/waiting/deferred.js'
import { harnessError, type ModproveError } from '../platform/errors.js'
import { escapeTerminal } from '../platform/text/text.js'
import { LineSplitter } from '../platform/text/lines.js'

/** An asynchronous message of QEMU's (docs/interop/qmp-spec, "Asynchronous events"). */
export interface QmpEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface ExecuteOptions {
  readonly deadlineMs?: number
}

type Fields = Readonly<Record<string, unknown>>

interface Pending extends Deferred<unknown> {
  readonly command: string
}

/** QEMU's longest answers are registers and statistics: kilobytes per CPU. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const DEFAULT_DEADLINE_MS = 10_000

/**
 * A client of QEMU's machine protocol over one stream. Ignores what is not JSON or answers no
 * command; drops an endless line. Throws ModproveErrors: `QMP_ERROR` for a refused command,
 * `QMP_TIMEOUT`, `QMP_MUTE` when QEMU has not even greeted, `QMP_CLOSED`.
 *
 * By hand: it works on an inherited descriptor, bounds each answer, and has a deadline per command.
 */
export class Qmp extends EventEmitter<{ event: [QmpEvent]; closed: [ModproveError] }> {
  readonly #stream: Duplex
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  #isMute = true
  #closed: ModproveError | undefined

  /** Starts reading at once; call `negotiate` before any command. */
  constructor(stream: Duplex) {
    super()
    this.#stream = stream
    const lines = new LineSplitter(MAX_MESSAGE_BYTES, (line, dropped) => {
      if (dropped === 0) this.#receive(line.toString('utf8'))
    })
    stream.on('data', (chunk: Buffer) => lines.push(chunk))
    // `finished` also notices a stream that has ended already.
    finished(stream, { writable: false }, error => this.#close(error ?? undefined))
  }

  /** Negotiates capabilities, after which commands may be sent. */
  async negotiate(options: ExecuteOptions = {}): Promise<void> {
    // QEMU reads ahead: the command may be sent before its greeting has arrived.
    await this.execute('qmp_capabilities', {}, options)
  }

  /** @returns the answer's `return` value */
  async execute(
    command: string,
    args: Fields = {},
    options: ExecuteOptions = {},
  ): Promise<unknown> {
    if (this.#closed) throw this.#closed
    const id = this.#nextId++
    const answer = deferred<unknown>()
    using _deadline = this.#limited(answer, `answer to the command ${command}`, options.deadlineMs)
    try {
      this.#pending.set(id, { command, ...answer })
      this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`)
      return await answer.promise
    } finally {
      this.#pending.delete(id)
    }
  }

  /** Runs a human monitor command, for what QMP does not offer. */
  async monitor(
    commandLine: string,
    { cpu, ...options }: ExecuteOptions & { readonly cpu?: number } = {},
  ): Promise<string> {
    const args = {
      'command-line': commandLine,
      ...(cpu === undefined ? {} : { 'cpu-index': cpu }),
    }
    const text = await this.execute('human-monitor-command', args, options)
    return typeof text === 'string' ? text.replaceAll('\r\n', '\n') : ''
  }

  #receive(line: string): void {
    const received = parse(line)
    if (received === undefined) return
    this.#isMute = false
    if (typeof received['event'] === 'string') {
      this.emit('event', { event: received['event'], data: fields(received['data']) ?? {} })
      return
    }
    const id = received['id']
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined
    if (pending === undefined) return
    if ('error' in received)
      pending.reject(refused(pending.command, fields(received['error']) ?? {}))
    else pending.resolve(received['return'])
  }

  /** Resolves with the first event that `which` accepts; rejects as `execute` does. */
  async event(which: (event: QmpEvent) => boolean, deadlineMs: number): Promise<QmpEvent> {
    if (this.#closed) throw this.#closed
    const awaited = deferred<QmpEvent>()
    using _deadline = this.#limited(awaited, 'event that was awaited', deadlineMs)
    const look = (event: QmpEvent) => {
      if (which(event)) awaited.resolve(event)
    }
    this.on('event', look).once('closed', awaited.reject)
    try {
      return await awaited.promise
    } finally {
      this.off('event', look).off('closed', awaited.reject)
    }
  }

  /** Rejects after the deadline. */
  #limited(
    { reject }: Pick<Deferred<unknown>, 'reject'>,
    what: string,
    deadlineMs = scaledHere(DEFAULT_DEADLINE_MS),
  ): Disposable {
    const why = `QEMU did not answer: no ${what} within ${deadlineMs} ms`
    const codeOf = () => (this.#isMute ? 'QMP_MUTE' : 'QMP_TIMEOUT')
    return startCountdown(deadlineMs, () => reject(harnessError(codeOf(), why)))
  }

  #close(cause?: Error): void {
    if (this.#closed) return
    this.#closed = harnessError('QMP_CLOSED', 'QEMU closed its control channel', { cause })
    this.emit('closed', this.#closed)
    for (const pending of this.#pending.values()) pending.reject(this.#closed)
  }
}

function parse(line: string): Fields | undefined {
  try {
    return fields(JSON.parse(line))
  } catch {
    // Not JSON, so it answers no command.
    return undefined
  }
}

const fields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? (value as Fields) : undefined

function refused(command: string, error: Fields): ModproveError {
  const text = escapeTerminal(`${String(error['class'])}: ${String(error['desc'])}`, 500)
  return harnessError('QMP_ERROR', `QEMU refused the command ${command}: ${text}`)
}
