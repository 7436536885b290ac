import { EventEmitter } from 'node:events'
import { finished, type Duplex } from 'node:stream'
import { startCountdown, scaledHere } from '../platform/deadlines.js'
import { harnessError, type ModproveError } from '../platform/errors.js'
import { escapeTerminal } from '../platform/text.js'
import { LineSplitter } from '../platform/lines.js'

/** An asynchronous message of QEMU's (docs/interop/qmp-spec, "Asynchronous events"). */
export interface QmpEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface ExecuteOptions {
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

type Fields = Readonly<Record<string, unknown>>

interface Pending {
  readonly command: string
  resolve(value: unknown): void
  reject(error: Error): void
}

/** QEMU's longest answers are registers and statistics: kilobytes per CPU. */
const LONGEST_MESSAGE_BYTES = 4 * 1024 * 1024
const DEFAULT_DEADLINE_MS = 10_000

/**
 * A client of QEMU's machine protocol over one stream. Ignores what is not JSON or answers no
 * command; drops an endless line. Throws ModproveErrors: `QMP_ERROR` for a refused command,
 * `QMP_TIMEOUT`, `QMP_CLOSED`.
 */
export class Qmp extends EventEmitter<{ event: [QmpEvent]; closed: [ModproveError] }> {
  readonly #stream: Duplex
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  #closed: ModproveError | undefined

  /** Starts reading at once; call `negotiate` before any command. */
  constructor(stream: Duplex) {
    super()
    this.#stream = stream
    const lines = new LineSplitter(LONGEST_MESSAGE_BYTES, (line, dropped) => {
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
    options.signal?.throwIfAborted()
    if (this.#closed) throw this.#closed
    const id = this.#nextId++
    const deadlineMs = options.deadlineMs ?? scaledHere(DEFAULT_DEADLINE_MS)
    const { signal } = options
    let cleanUp = () => {}
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const forget = startCountdown(deadlineMs, () =>
          reject(timeout(`answer to the command ${command}`, deadlineMs)),
        )
        const abort = () => reject(signal?.reason as Error)
        signal?.addEventListener('abort', abort, { once: true })
        cleanUp = () => {
          forget()
          signal?.removeEventListener('abort', abort)
          this.#pending.delete(id)
        }
        this.#pending.set(id, { command, resolve, reject })
        this.#stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`)
      })
    } finally {
      cleanUp()
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
    const message = parse(line)
    if (message === undefined) return
    if (typeof message['event'] === 'string') {
      this.emit('event', { event: message['event'], data: fields(message['data']) ?? {} })
      return
    }
    const id = message['id']
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined
    if (pending === undefined) return
    if ('error' in message) pending.reject(refused(pending.command, fields(message['error']) ?? {}))
    else pending.resolve(message['return'])
  }

  /** Resolves with the first event that `which` accepts; rejects as `execute` does. */
  async event(which: (event: QmpEvent) => boolean, deadlineMs: number): Promise<QmpEvent> {
    if (this.#closed) throw this.#closed
    let cleanUp = () => {}
    try {
      return await new Promise<QmpEvent>((resolve, reject) => {
        const forget = startCountdown(deadlineMs, () =>
          reject(timeout('event that was awaited', deadlineMs)),
        )
        const look = (event: QmpEvent) => {
          if (which(event)) resolve(event)
        }
        this.on('event', look).once('closed', reject)
        cleanUp = () => {
          forget()
          this.off('event', look).off('closed', reject)
        }
      })
    } finally {
      cleanUp()
    }
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

const timeout = (what: string, deadlineMs: number): ModproveError =>
  harnessError('QMP_TIMEOUT', `QEMU did not answer: no ${what} within ${deadlineMs} ms`)
