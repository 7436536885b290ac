import { architecture } from './abi/architecture.js'
import { AgentClient } from './agent/client.js'
import { ProtocolError } from './errors.js'
import { Guest } from './guest.js'
import { openChannel } from './ssh/channel.js'
import { login, type LoginOptions } from './ssh/login.js'

/** A command that the login shell handles itself: images/guest/agent/main.c. */
const AGENT = 'exec /bin/agent'

export interface ConnectOptions extends LoginOptions {
  /** Default deadline of a system call (see `within`); 10 s unless given. */
  readonly callDeadlineMs?: number
}

/**
 * Logs in and starts the agent. Closing the connection ends everything started in the guest.
 * @throws ModproveError HOST_KEY_MISMATCH, SSH_AUTH_REFUSED, SSH_TIMEOUT, SSH_FAILED;
 * ProtocolError, ConnectionLost
 */
export async function connect(options: ConnectOptions): Promise<Guest> {
  const { callDeadlineMs = 10_000, deadlineMs, signal } = options
  const start = performance.now()
  const connection = await login(options)
  const { client, closed } = connection
  const abort = (): void => void client.destroy()
  signal.addEventListener('abort', abort, { once: true })
  void closed.then(() => {
    signal.removeEventListener('abort', abort)
  })
  try {
    signal.throwIfAborted()
    const { channel } = await openChannel(connection, 'exec of the agent', done => {
      client.exec(AGENT, done)
    })
    channel.stderr.resume()
    const leftMs = Math.max(1, deadlineMs - (performance.now() - start))
    const { agent, hello } = await AgentClient.open(channel, {
      deadlineMs: callDeadlineMs,
      helloDeadlineMs: leftMs,
      stoppedMs: connection.stoppedMs,
    })
    if (hello.machine !== architecture.machine) {
      throw new ProtocolError(`is of another machine: ELF e_machine ${hello.machine}`)
    }
    return new Guest(connection, agent, hello, closed)
  } catch (error) {
    client.destroy()
    throw error
  }
}
