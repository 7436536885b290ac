import { architecture } from './abi/architecture.js'
import { AgentClient } from './agent/client.js'
import { endOthers } from './agent/others.js'
import type { Hello, OtherProcess } from './agent/payloads.js'
import { ConnectionLost, ProtocolError } from './errors.js'
import { GuestFiles } from './files.js'
import type { KernelLog } from './log/kernel-log.js'
import { newProcess } from './process/process.js'
import type { Process } from './process/types.js'
import { openChannel, type Exit } from './ssh/channel.js'
import {
  runCommand,
  startCommand,
  type ExecOptions,
  type ExecResult,
  type RunningCommand,
} from './ssh/command.js'
import { login, type LoginOptions } from './ssh/login.js'
import { commandLine } from './ssh/quote.js'
import type { Session } from './ssh/session.js'
import { runShell, type Terminal } from './ssh/shell.js'

/** Its login shell knows these words: images/guest/agent.c. */
const AGENT = 'exec /bin/agent'

export interface ConnectOptions extends LoginOptions {
  /** How long a system call may take that says nothing else (`within`); 10 s unless given. */
  readonly callDeadlineMs?: number
}

/**
 * Logs in and starts the agent. The guest is disposed of by its connection's end.
 *
 * @throws ModproveError HOST_KEY_MISMATCH, SSH_AUTH_REFUSED, SSH_TIMEOUT, SSH_FAILED; ProtocolError, ConnectionLost
 */
export async function connect(options: ConnectOptions): Promise<Guest> {
  const { callDeadlineMs = 10_000, deadlineMs, signal } = options
  const start = performance.now()
  const session = await login(options)
  const { client, closed } = session
  const abort = (): void => {
    client.destroy()
  }
  signal.addEventListener('abort', abort, { once: true })
  void closed.then(() => {
    signal.removeEventListener('abort', abort)
  })
  try {
    signal.throwIfAborted()
    const { channel } = await openChannel(session, 'exec of the agent', done => {
      client.exec(AGENT, done)
    })
    channel.stderr.resume()
    const leftMs = Math.max(1, deadlineMs - (performance.now() - start))
    const { agent, hello } = await AgentClient.open(channel, {
      deadlineMs: callDeadlineMs,
      helloDeadlineMs: leftMs,
      stoppedMs: session.stoppedMs,
    })
    if (hello.machine !== architecture.machine) {
      throw new ProtocolError(`is of another machine: ELF e_machine ${hello.machine}`)
    }
    return new Guest(session, agent, hello, closed)
  } catch (error) {
    client.destroy()
    throw error
  }
}

/** A booted machine, as suites hold it: processes, files, commands and the kernel's log. */
export class Guest {
  /** Resolves, with why, when the connection is gone or the agent is: nothing works then. */
  readonly closed: Promise<ConnectionLost>
  readonly log: KernelLog
  /** `uname -r` */
  readonly release: string
  /** In bytes. */
  readonly pageSize: number
  /** Why the kernel's log could not be opened; 0 when it could. */
  readonly logErrno: number
  private readonly session: Session
  private readonly agent: AgentClient
  private readonly files: GuestFiles

  constructor(session: Session, agent: AgentClient, hello: Hello, closed: Promise<ConnectionLost>) {
    this.session = session
    this.agent = agent
    this.files = new GuestFiles(agent)
    this.log = agent.log
    this.release = hello.release
    this.pageSize = hello.pageSize
    this.logErrno = hello.logErrno
    this.closed = Promise.race([closed, agent.closed])
  }

  /** A fresh process: descriptors 0, 1 and 2 on /dev/null and no others, the first that it opens is 3. */
  async process(): Promise<Process> {
    return newProcess(await this.agent.spawn())
  }

  /**
   * Ends every process that `process()`, a fork or a command started, then takes readings of a guest in which they are gone,
   * and reads the kernel's log to its end. All is asked for at once: one round trip, unless something was left running, or
   * a reading has to ask twice.
   *
   * @param kept processes that `process()` made and that live on
   * @param readings asks for all it can before it waits for an answer
   * @param graceMs what outlived the command or process that started it may take as long to end by itself
   * @returns what was read, the newest record's sequence number, and what had to be killed after its time
   */
  async readWithoutProcesses<T>(
    kept: readonly Process[],
    readings: () => Promise<T>,
    graceMs: number,
  ): Promise<{
    readonly values: T
    readonly last: number
    readonly left: readonly OtherProcess[]
  }> {
    const { agent, log } = this
    const limitMs = agent.deadlineMs / 5
    const pids = [...kept, ...(await this.files.own())].map(({ pid }) => pid)
    // First: whose the children of a killed process were cannot be seen any more.
    const seen = agent.others(false)
    const killed = agent.killAllBut(pids)
    const areGone = agent.fence(limitMs)
    const reading = readings()
    // Until the readings have asked for what they can.
    await new Promise(resolve => setImmediate(resolve))
    const areRead = agent.fence(limitMs)
    const barrier = log.barrier()
    const asked = agent.requests
    const [others, , gone, values, read, last] = await Promise.all([
      seen,
      killed,
      areGone,
      reading,
      areRead,
      barrier,
    ])
    if (gone && others.length === 0) {
      const isLast = read && agent.requests === asked
      return { values, last: isLast ? last : await log.barrier(), left: [] }
    }
    const left = await endOthers(agent, { graceMs, stoppedMs: this.session.stoppedMs })
    return { values: await readings(), last: await log.barrier(), left }
  }

  /** Runs a command line in sh, or a program with its arguments, to its end. */
  exec(command: string | readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return runCommand(this.session, commandLine(command), this.killGroup, options)
  }

  /** Starts a program whose output is read as it comes. Both of its streams have to be read. */
  stream(command: string | readonly string[]): Promise<RunningCommand> {
    return startCommand(this.session, commandLine(command), this.killGroup)
  }

  /** Runs a login shell on the local terminal. */
  shell(terminal: Terminal): Promise<Exit> {
    return runShell(this.session, terminal)
  }

  /** Writes a file and the folders above it; what stands there is replaced at once. */
  upload(path: string, content: Uint8Array, mode = 0o644): Promise<void> {
    return this.files.upload(path, content, mode)
  }

  /** Writes into a file that is there: sysfs, debugfs, /proc. */
  writeFile(path: string, content: Uint8Array | string): Promise<void> {
    return this.files.write(path, content)
  }

  exists(path: string): Promise<boolean> {
    return this.files.exists(path)
  }

  /** @throws SyscallError ENOENT and the like */
  readBytes(path: string): Promise<Buffer> {
    return this.files.read(path)
  }

  async readFile(path: string): Promise<string> {
    return (await this.readBytes(path)).toString()
  }

  /**
   * Asks the agent for an answer.
   *
   * @returns how long that took in milliseconds
   * @throws CallTimeout, ConnectionLost
   */
  async ping(options: { readonly deadlineMs: number }): Promise<number> {
    const start = performance.now()
    await this.agent.hello(options.deadlineMs)
    return performance.now() - start
  }

  private readonly killGroup = (group: number): Promise<void> => this.files.killGroup(group)

  /** Ends the connection; the agent kills what it started. */
  async close(): Promise<void> {
    this.agent.close()
    this.session.client.end()
    this.session.client.destroy()
    await this.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
