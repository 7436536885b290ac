import type { GuestAccess } from './access.js'
import type { AgentClient } from './agent/client.js'
import { endOthers } from './agent/others.js'
import type { Hello, OtherProcess } from './agent/payloads.js'
import type { ConnectionLost } from './errors.js'
import { GuestFiles } from './files.js'
import type { KernelLog } from './log/kernel-log.js'
import { newProcess } from './process/process.js'
import type { Process } from './process/types.js'
import type { Exit } from './ssh/channel.js'
import {
  runCommand,
  startCommand,
  type ExecOptions,
  type ExecResult,
  type RunningCommand,
} from './ssh/command.js'
import { commandLine } from './ssh/command-line.js'
import type { SshConnection } from './ssh/connection.js'
import { runShell, type LocalTerminal } from './ssh/shell.js'

/** A booted machine as suites use it: processes, files, commands and the kernel log. */
export class Guest implements GuestAccess {
  /** Resolves with the reason when the connection or the agent is gone; nothing works then. */
  readonly closed: Promise<ConnectionLost>
  readonly log: KernelLog
  /** `uname -r` */
  readonly release: string
  /** In bytes. */
  readonly pageSize: number
  /** Why the kernel log could not be opened; 0 if it could. */
  readonly logErrno: number
  readonly #connection: SshConnection
  readonly #agent: AgentClient
  readonly #files: GuestFiles

  constructor(
    connection: SshConnection,
    agent: AgentClient,
    hello: Hello,
    closed: Promise<ConnectionLost>,
  ) {
    this.#connection = connection
    this.#agent = agent
    this.#files = new GuestFiles(agent)
    this.log = agent.log
    this.release = hello.release
    this.pageSize = hello.pageSize
    this.logErrno = hello.logErrno
    this.closed = Promise.race([closed, agent.closed])
  }

  async process(): Promise<Process> {
    return newProcess(await this.#agent.spawn())
  }

  /**
   * Ends every process started by `process()`, a fork or a command, then takes readings without
   * them, and reads the kernel log to its end. All requests are sent at once: one round trip,
   * unless something was still starting or running, or a reading needs a second request.
   * @param kept processes from `process()` that stay alive
   * @param readings sends all the requests it can before it awaits an answer
   * @param graceMs how long processes that outlived their command or parent may take to exit
   * @returns the readings, the newest record's sequence number, and what had to be killed
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
    const [agent, log] = [this.#agent, this.log]
    // Behind a fence nothing is answered: less than a ping may take, as one may never be lowered.
    const limitMs = agent.deadlineMs / 20
    await this.#connection.turns.end()
    const pids = [...kept, ...(await this.#files.own())].map(({ pid }) => pid)
    // First: once a process is killed, its children cannot be attributed.
    const seen = agent.others(false)
    const killed = agent.killAllBut(pids)
    const areGone = agent.fence(limitMs)
    const reading = readings()
    // Lets the readings send their first requests.
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
    const left = await endOthers(agent, { graceMs, stoppedMs: this.#connection.stoppedMs })
    return { values: await readings(), last: await log.barrier(), left }
  }

  async exec(command: string | readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const line = commandLine('exec', command, options)
    return runCommand(this.#connection, line, this.#files, options)
  }

  async stream(command: string | readonly string[]): Promise<RunningCommand> {
    return startCommand(this.#connection, commandLine('stream', command), this.#files)
  }

  /** Runs a login shell on the local terminal. */
  shell(terminal: LocalTerminal): Promise<Exit> {
    return runShell(this.#connection, terminal)
  }

  upload(path: string, content: Uint8Array, mode = 0o644): Promise<void> {
    return this.#files.upload(path, content, mode)
  }

  writeFile(path: string, content: Uint8Array | string): Promise<void> {
    return this.#files.write(path, content)
  }

  exists(path: string): Promise<boolean> {
    return this.#files.exists(path)
  }

  listTree(folder: string, closed: readonly string[]): Promise<string[]> {
    return this.#files.listTree(folder, closed)
  }

  readBytes(path: string): Promise<Buffer> {
    return this.#files.read(path)
  }

  async readFile(path: string): Promise<string> {
    return (await this.readBytes(path)).toString()
  }

  /**
   * Sends a request to the agent and waits for the answer.
   * @returns the round trip in milliseconds
   * @throws CallTimeout, ConnectionLost
   */
  async ping(options: { readonly deadlineMs: number }): Promise<number> {
    const start = performance.now()
    await this.#agent.hello(options.deadlineMs)
    return performance.now() - start
  }

  /** Closes the connection; the agent kills what it started. */
  async close(): Promise<void> {
    this.#agent.close()
    this.#connection.client.end()
    this.#connection.client.destroy()
    await this.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
