import type { Client } from 'ssh2'
import { ConnectionLost } from '../errors.js'

/** A connection that channels are opened on, and why it is gone. It listens from the client's birth on. */
export class Session {
  readonly client: Client
  /** Resolves, with why, when the connection is gone. */
  readonly closed: Promise<ConnectionLost>
  /** How long the machine has been stopped until now: no deadline of a call or command runs then. */
  readonly stoppedMs: () => number
  #lost: ConnectionLost | undefined
  #resolveClosed: (lost: ConnectionLost) => void = () => undefined

  constructor(client: Client, stoppedMs: () => number = () => 0) {
    this.client = client
    this.stoppedMs = stoppedMs
    this.closed = new Promise(resolve => {
      this.#resolveClosed = resolve
    })
    // Stays for the client's life: an error without a listener would end the harness.
    client.on('error', error => {
      this.lose(`the connection to the guest failed: ${error.message}`, error)
    })
    client.on('close', () => {
      this.lose('the connection to the guest was closed')
    })
  }

  /** Set when the connection is gone. */
  get lost(): ConnectionLost | undefined {
    return this.#lost
  }

  /** Ends a connection that cannot be trusted any more, or is gone; the first reason stays. */
  lose(what: string, cause?: unknown): ConnectionLost {
    this.#lost ??= new ConnectionLost(what, cause)
    this.#resolveClosed(this.#lost)
    this.client.destroy()
    return this.#lost
  }
}
