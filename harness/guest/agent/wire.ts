import type { Duplex } from 'node:stream'
import { deferred } from '../../platform/waiting/deferred.js'
import { ConnectionLost } from '../errors.js'
import { FrameReader, type WireFrame } from './frames.js'

/** Receives frames, and the connection's end. */
export interface WireOwner {
  /** @throws ProtocolError for what no agent sends, which ends the connection */
  dispatch(frame: WireFrame): void
  lose(lost: ConnectionLost): void
}

/** The connection to the agent; frames made in one turn of the event loop are sent in one write. */
export class Wire {
  /** Total time the guest's machine has been stopped; deadlines are extended by it. */
  readonly stoppedMs: () => number
  readonly #stream: Duplex
  readonly #owner: WireOwner
  readonly #reader = new FrameReader()
  readonly #closed = deferred<ConnectionLost>()
  #outgoing: Buffer[] = []
  #lastRequest = 0
  #isLost = false

  constructor(stream: Duplex, owner: WireOwner, stoppedMs: () => number = () => 0) {
    this.#stream = stream
    this.#owner = owner
    this.stoppedMs = stoppedMs
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.on('error', (error: Error) => this.#lose("the agent's stream failed", error))
    for (const end of ['close', 'end']) stream.on(end, () => this.#lose("the agent's stream ended"))
  }

  /** Resolves when nothing more can be sent. */
  get closed(): Promise<ConnectionLost> {
    return this.#closed.promise
  }

  /** Number of requests made so far. */
  get requests(): number {
    return this.#lastRequest
  }

  nextRequest(): number {
    this.#lastRequest = (this.#lastRequest % 0xffffffff) + 1
    return this.#lastRequest
  }

  send(frame: Buffer): void {
    if (this.#outgoing.push(frame) > 1) return
    queueMicrotask(() => {
      const frames = this.#outgoing
      this.#outgoing = []
      if (this.#stream.writable) {
        this.#stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames))
      }
    })
  }

  close(what: string, cause?: unknown): void {
    this.#lose(what, cause)
    this.#stream.destroy()
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#owner.dispatch(frame)
    } catch (error) {
      this.close('the agent sent invalid data', error)
    }
  }

  #lose(what: string, cause?: unknown): void {
    if (this.#isLost) return
    this.#isLost = true
    const lost = new ConnectionLost(what, cause)
    this.#owner.lose(lost)
    this.#closed.resolve(lost)
  }
}
