import type { ClientChannel } from 'ssh2'
import { harnessError } from '../../platform/errors.js'
import { ConnectionLost } from '../errors.js'
import type { Session } from './session.js'

export interface Exit {
  /** null when a signal ended it. */
  readonly code: number | null
  /** `KILL`, as ssh names signals; null when it exited. */
  readonly signal: string | null
}

/** A channel with a program at its other end. */
export interface OpenChannel {
  readonly channel: ClientChannel
  /** Resolves when the program ended and its output was read; rejects with ConnectionLost. */
  readonly exited: Promise<Exit>
  /** Closes it, whatever the program does; how the program ends is not asked any more. */
  readonly abandon: () => void
}

/** @throws ModproveError SSH_CHANNEL_REFUSED; ConnectionLost */
export async function openChannel(
  session: Session,
  what: string,
  open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
): Promise<OpenChannel> {
  const { client } = session
  if (session.lost) throw session.lost
  return new Promise((resolve, reject) => {
    const onClose = (): void => {
      reject(session.lost ?? new ConnectionLost(`${what}: the connection was closed`))
    }
    client.once('close', onClose)
    try {
      open((error, channel) => {
        client.off('close', onClose)
        if (error)
          reject(harnessError('SSH_CHANNEL_REFUSED', `${what}: ${error.message}`, { cause: error }))
        else resolve(listenTo(channel, session, what))
      })
    } catch (error) {
      client.off('close', onClose)
      reject(new ConnectionLost(`${what}: not connected`, error))
    }
  })
}

/**
 * Called by ssh2's own callback, with no promise between: ssh2 emits all that one packet brought before a promise's
 * continuation runs, and the program's start, its status and the channel's end can come in one.
 */
function listenTo(channel: ClientChannel, session: Session, what: string): OpenChannel {
  // Stays: an error without a listener would end the harness. 'close' follows it.
  channel.on('error', () => undefined)
  let isAbandoned = false
  const exited = new Promise<Exit>((resolve, reject) => {
    let exit: Exit | undefined
    const end = (): void => {
      session.client.off('close', end)
      if (exit) return resolve(exit)
      // A guest that reports no status is not to be trusted, and no test is to be judged by it.
      const unsaid = 'the channel closed, and how the program ended was not reported'
      const lost =
        session.lost ??
        (isAbandoned ? new ConnectionLost('abandoned') : session.lose(`${what}: ${unsaid}`))
      reject(new ConnectionLost(`${what}: ${lost.message}`, lost))
    }
    channel.on('exit', (code: number | null, signal?: string) => {
      // ssh2 puts SIG before ssh's own name (RFC 4254, 6.10).
      exit = { code, signal: signal?.replace(/^SIG/, '') ?? null }
    })
    // A connection closes its channels first, and a channel closes only when its output was read.
    channel.on('close', () => setImmediate(end))
    session.client.on('close', end)
  })
  // Not everyone who starts a program waits for its end.
  exited.catch(() => undefined)
  const abandon = (): void => {
    isAbandoned = true
    channel.close()
  }
  return { channel, exited, abandon }
}
