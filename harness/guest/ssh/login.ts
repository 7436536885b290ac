import { connect as dial } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import ssh2 from 'ssh2'
import { abortedAfter } from '../../platform/waiting/deadlines.js'
import { harnessError, ModproveError } from '../../platform/errors.js'
import { onAbort } from '../../platform/waiting/on-abort.js'
import { SshConnection } from './connection.js'

export interface LoginOptions {
  readonly host: string
  readonly port: number
  /** The private key in OpenSSH's format. */
  readonly privateKey: string | Buffer
  /** The one host key that is accepted: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  /** Aborting it stops the attempt, and ends an open connection. */
  readonly signal: AbortSignal
  /** Longest time until commands can be run. */
  readonly deadlineMs: number
  /** Total time the machine has been stopped; deadlines of calls and commands exclude it. */
  readonly stoppedMs?: () => number
}

const USER = 'root'
/** In an emulated guest, a fifth faster to receive than AES with a separate HMAC. */
const CIPHER = 'chacha20-poly1305@openssh.com'
const RETRY_MS = 50

/**
 * Logs in with the key. Retries, one attempt at a time, until sshd listens: a second attempt during
 * a handshake would cost the guest another key exchange.
 * @throws ModproveError HOST_KEY_MISMATCH, SSH_AUTH_REFUSED, SSH_TIMEOUT, SSH_FAILED; the signal's
 * reason
 */
export async function login(options: LoginOptions): Promise<SshConnection> {
  const deadline = abortedAfter(options.deadlineMs)
  const signal = AbortSignal.any([options.signal, deadline])
  const where = `ssh to ${options.host}:${options.port}`
  let last: unknown
  for (;;) {
    try {
      return await attempt(options, where, signal)
    } catch (error) {
      options.signal.throwIfAborted()
      if (error instanceof ModproveError) throw error
      if (!deadline.aborted) last = error
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined)
      options.signal.throwIfAborted()
      if (deadline.aborted) {
        throw harnessError('SSH_TIMEOUT', `${where}: no login within ${options.deadlineMs} ms`, {
          cause: last ?? error,
          remedy: "the machine's console.log shows how far it got",
        })
      }
    }
  }
}

async function attempt(
  { host, port, privateKey, hostKey, stoppedMs }: LoginOptions,
  where: string,
  signal: AbortSignal,
): Promise<SshConnection> {
  const pinned = keyBytes(hostKey)
  const socket = dial({ host, port, noDelay: true })
  const client = new ssh2.Client()
  const connection = new SshConnection(client, stoppedMs)
  let refusedKey: Buffer | undefined
  let isLoggingIn = false
  using _abort = onAbort(signal, () => socket.destroy(new Error('given up')))
  try {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      client.on('ready', resolve)
      client.on('error', reject)
      client.on('close', () => reject(new Error('the connection was closed before the login')))
      client.connect({
        sock: socket,
        username: USER,
        privateKey,
        authHandler: ['publickey'],
        algorithms: { serverHostKey: ['ssh-ed25519'], cipher: [CIPHER] },
        // The signal's deadline applies instead.
        readyTimeout: 0,
        hostVerifier: (key: Buffer) => {
          isLoggingIn = key.equals(pinned)
          if (!isLoggingIn) refusedKey = key
          return isLoggingIn
        },
      })
    })
    return connection
  } catch (error) {
    client.destroy()
    socket.destroy()
    if (refusedKey) {
      throw harnessError(
        'HOST_KEY_MISMATCH',
        `${where}: another machine answers: its host key is ${refusedKey.toString('base64').slice(0, 100)}`,
        { cause: error, remedy: 'the port may belong to a machine of another run' },
      )
    }
    if ((error as { level?: string }).level === 'client-authentication') {
      throw harnessError('SSH_AUTH_REFUSED', `${where}: the guest does not accept the key`, {
        cause: error,
        remedy: 'the image and the key are of different builds: rebuild the image',
      })
    }
    if (isLoggingIn && !signal.aborted) {
      throw harnessError('SSH_FAILED', `${where}: the connection broke during the login`, {
        cause: error,
      })
    }
    throw error
  }
}

function keyBytes(hostKey: string): Buffer {
  const [type, encoded] = hostKey.trim().split(/\s+/)
  if (type !== 'ssh-ed25519' || !encoded) {
    throw harnessError('HOST_KEY_INVALID', `not an ssh-ed25519 public key: ${hostKey.slice(0, 80)}`)
  }
  return Buffer.from(encoded, 'base64')
}
