import type { ClientChannel } from 'ssh2'
import { harnessError } from '../../platform/errors.js'
import { ConnectionLost } from '../errors.js'
import type { SshConnection } from './connection.js'

export interface Exit {
  /** null if a signal ended it. */
  readonly code: number | null
  /** Without SIG, as ssh names signals: `KILL`; null if it exited. */
  readonly signal: string | null
}

/** A channel to a running program. */
export interface OpenChannel {
  readonly channel: ClientChannel
  /** Resolves when the program ended and its output was read; rejects with ConnectionLost. */
  readonly exited: Promise<Exit>
  /** Closes the channel without waiting for the program or its exit status. */
  readonly abandon: () => void
}

/** @throws ModproveError SSH_CHANNEL_REFUSED; ConnectionLost */
export async function openChannel(
  connection: SshConnection,
  what: string,
  open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
): Promise<OpenChannel> {
  const { client } = connection
  if (connection.lost) throw connection.lost
  return new Promise((resolve, reject) => {
    const onClose = (): void => {
      reject(connection.lost ?? new ConnectionLost(`${what}: the connection was closed`))
    }
    client.once('close', onClose)
    try {
      open((error, channel) => {
        client.off('close', onClose)
        if (error)
          reject(harnessError('SSH_CHANNEL_REFUSED', `${what}: ${error.message}`, { cause: error }))
        else resolve(listenTo(channel, connection, what))
      })
    } catch (error) {
      client.off('close', onClose)
      reject(new ConnectionLost(`${what}: not connected`, error))
    }
  })
}

/**
 * Called directly from ssh2's callback: ssh2 emits all events of one packet before a promise
 * continues, and one packet can hold the program's start, its status and the channel's end.
 */
function listenTo(channel: ClientChannel, connection: SshConnection, what: string): OpenChannel {
  // Permanent: an error without a listener would end the harness. 'close' follows it.
  channel.on('error', () => undefined)
  let isAbandoned = false
  const exited = new Promise<Exit>((resolve, reject) => {
    let exit: Exit | undefined
    const end = (): void => {
      connection.client.off('close', end)
      if (exit) return resolve(exit)
      // A guest that reports no status is not trusted to judge a test.
      const unsaid = 'the channel closed, and how the program ended was not reported'
      const lost =
        connection.lost ??
        (isAbandoned ? new ConnectionLost('abandoned') : connection.lose(`${what}: ${unsaid}`))
      reject(new ConnectionLost(`${what}: ${lost.message}`, lost))
    }
    channel.on('exit', (code: number | null, signal?: string) => {
      // ssh2 prefixes SIG to ssh's signal names (RFC 4254, 6.10).
      exit = { code, signal: signal?.replace(/^SIG/, '') ?? null }
    })
    // A connection closes its channels first, and a channel closes only after its output was read.
    channel.on('close', () => setImmediate(end))
    connection.client.on('close', end)
  })
  // A caller may start a program without waiting for its end.
  exited.catch(() => undefined)
  const abandon = (): void => {
    isAbandoned = true
    channel.close()
  }
  return { channel, exited, abandon }
}
