import type { Readable, Writable } from 'node:stream'
import { startCountdown, scaledHere } from '../../platform/waiting/deadlines.js'
import { deferred } from '../../platform/waiting/deferred.js'
import { harnessError } from '../../platform/errors.js'
import { inQuotes } from '../../platform/text/text.js'
import { openChannel, type Exit } from './channel.js'
import type { SshConnection } from './connection.js'

/** A program running in the guest, with its streams. */
export interface RunningCommand {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when it ended and its output was read; rejects with ConnectionLost. */
  readonly exited: Promise<Exit>
  /** SIGKILLs the program and its children. Unread output delays its end. */
  kill(): Promise<void>
}

/** What the agent does for commands, which ssh cannot. */
export interface CommandKeeper {
  /** Sends SIGKILL to a process group of the guest. */
  killGroup(group: number): Promise<void>
  /** No command ends until the result is called. */
  holdExits(): Promise<() => Promise<void>>
}

const MAX_FIRST_LINE_BYTES = 64

/** Reads a stream's first line; the rest stays in the stream. */
function firstLine(stream: Readable): Promise<string> {
  return new Promise(resolve => {
    let head = Buffer.alloc(0)
    const take = (): void => {
      const chunk = stream.read() as Buffer | null
      if (chunk) head = Buffer.concat([head, chunk])
      const end = head.indexOf('\n')
      if (end < 0 && head.length < MAX_FIRST_LINE_BYTES && !stream.readableEnded) return
      stream.off('readable', take)
      stream.off('end', take)
      if (end >= 0 && end + 1 < head.length) stream.unshift(head.subarray(end + 1))
      resolve(head.toString('latin1', 0, end < 0 ? MAX_FIRST_LINE_BYTES : end))
    }
    stream.on('readable', take)
    stream.on('end', take)
  })
}

/**
 * Starts a command line in its own session, with sshd's environment. Dropbear does not end a
 * program whose channel closes, and ssh2 sends no signal after the end of stdin: so the shell
 * prints the program's process group as stderr's first line, and the agent kills it.
 * @throws ModproveError SSH_CHANNEL_REFUSED, COMMAND_NOT_STARTED; ConnectionLost
 */
export const startCommand = (
  connection: SshConnection,
  line: string,
  keeper: CommandKeeper,
): Promise<RunningCommand> =>
  connection.turns.start(
    () => begin(connection, line, keeper),
    () => keeper.holdExits(),
  )

async function begin(
  connection: SshConnection,
  line: string,
  keeper: CommandKeeper,
): Promise<RunningCommand> {
  const what = `exec of ${line.slice(0, 80)}`
  const { channel, exited, abandon } = await openChannel(connection, what, done => {
    // A command that the login shell handles itself: images/guest/agent/main.c.
    connection.client.exec(`echo $$ >&2; exec setsid sh -c ${inQuotes(line)}`, done)
  })
  const first = await Promise.race([firstLine(channel.stderr), exited.then(() => '')])
  const group = Number(first)
  if (!(Number.isInteger(group) && group > 1)) {
    abandon()
    throw harnessError('COMMAND_NOT_STARTED', `${what}: the guest's shell did not start it`, {
      detail: first,
    })
  }
  return {
    stdin: channel.stdin,
    stdout: channel,
    stderr: channel.stderr,
    exited,
    kill: () => keeper.killGroup(group),
  }
}

const COMMAND_MS = 60_000

export interface ExecOptions {
  readonly stdin?: string | Uint8Array
  /** Longest run; default 60 s, more on a slow host. */
  readonly timeoutMs?: number
  /** Limit per stream; default 16 MiB. */
  readonly maxBytes?: number
}

export interface ExecResult extends Exit {
  readonly stdout: string
  readonly stderr: string
}

/** @throws ModproveError COMMAND_TIMEOUT, COMMAND_FLOOD, SSH_CHANNEL_REFUSED; ConnectionLost */
export async function runCommand(
  connection: SshConnection,
  line: string,
  keeper: CommandKeeper,
  { stdin, timeoutMs = scaledHere(COMMAND_MS), maxBytes = 16 * 1024 * 1024 }: ExecOptions,
): Promise<ExecResult> {
  const what = `exec of ${line.slice(0, 80)}`
  const command = await startCommand(connection, line, keeper)
  const givenUp = deferred<never>()
  const giveUp = (code: string, why: string): void =>
    givenUp.reject(harnessError(code, `${what}: ${why}`))
  const late = (): void => giveUp('COMMAND_TIMEOUT', `still running after ${timeoutMs} ms`)
  using _deadline = startCountdown(timeoutMs, late, connection)
  const collect = (stream: Readable): Buffer[] => {
    const chunks: Buffer[] = []
    let bytes = 0
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) chunks.push(chunk)
      else giveUp('COMMAND_FLOOD', `more than ${maxBytes} bytes of output`)
    })
    return chunks
  }
  try {
    const stdout = collect(command.stdout)
    const stderr = collect(command.stderr)
    command.stdin.end(stdin)
    const exit = await Promise.race([command.exited, givenUp.promise])
    return {
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
      ...exit,
    }
  } catch (error) {
    // Output left in the pipes is discarded. If the kill fails, the connection is lost.
    await command.kill().catch(() => undefined)
    throw error
  }
}
