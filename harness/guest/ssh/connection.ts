import type { Client } from 'ssh2'
import { ConnectionLost } from '../errors.js'

/** A connection for channels, and why it ended. Listens from the client's creation on. */
export class SshConnection {
  readonly client: Client
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<ConnectionLost>
  /** Total time the machine has been stopped; deadlines of calls and commands exclude it. */
  readonly stoppedMs: () => number
  #lost: ConnectionLost | undefined
  #resolveClosed: (lost: ConnectionLost) => void = () => undefined

  constructor(client: Client, stoppedMs: () => number = () => 0) {
    this.client = client
    this.stoppedMs = stoppedMs
    this.closed = new Promise(resolve => {
      this.#resolveClosed = resolve
    })
    // Permanent: an error without a listener would end the harness.
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

  /** Ends a connection that is gone or no longer trusted; the first reason is kept. */
  lose(what: string, cause?: unknown): ConnectionLost {
    this.#lost ??= new ConnectionLost(what, cause)
    this.#resolveClosed(this.#lost)
    this.client.destroy()
    return this.#lost
  }
}
