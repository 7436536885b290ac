import type { Client } from 'ssh2'
import { deferred } from '../../platform/waiting/deferred.js'
import { ConnectionLost } from '../errors.js'
import { Turns } from './turns.js'

/** A connection for channels, and why it ended. Listens from the client's creation on. */
export class SshConnection {
  readonly client: Client
  /** Total time the machine has been stopped; deadlines of calls and commands exclude it. */
  readonly stoppedMs: () => number
  readonly turns = new Turns()
  #lost: ConnectionLost | undefined
  readonly #closed = deferred<ConnectionLost>()

  constructor(client: Client, stoppedMs: () => number = () => 0) {
    this.client = client
    this.stoppedMs = stoppedMs
    // Permanent: an error without a listener would end the harness.
    client.on('error', error =>
      this.lose(`the connection to the guest failed: ${error.message}`, error),
    )
    client.on('close', () => this.lose('the connection to the guest was closed'))
  }

  /** Resolves with the reason when the connection is gone. */
  get closed(): Promise<ConnectionLost> {
    return this.#closed.promise
  }

  /** Set when the connection is gone. */
  get lost(): ConnectionLost | undefined {
    return this.#lost
  }

  /** Ends a connection that is gone or no longer trusted; the first reason is kept. */
  lose(what: string, cause?: unknown): ConnectionLost {
    this.#lost ??= new ConnectionLost(what, cause)
    this.#closed.resolve(this.#lost)
    this.client.destroy()
    return this.#lost
  }
}
