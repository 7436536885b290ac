import { spawn, type ChildProcess } from 'node:child_process'
import { nodeArguments } from '../compile/entry.js'
import { hostSlowness, SLOWNESS_VARIABLE } from '../platform/deadlines.js'
import { dyingWithUs } from '../platform/process/owned.js'
import type { FromWorker, ToWorker } from '../session/job.js'

const STDERR_KEPT_BYTES = 16 * 1024

export interface WorkerEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to standard error. */
  readonly stderr: string
}

/**
 * A Node process that runs suite files, one after another: a suite that loops or throws takes only
 * its own process down. It dies with the harness (PR_SET_PDEATHSIG), and its machine with it.
 */
export class WorkerProcess {
  readonly #child: ChildProcess
  readonly ended: Promise<WorkerEnd>
  /** Who is told what it says. */
  onMessage: (message: FromWorker) => void = () => undefined

  constructor() {
    const [file = '', ...args] = dyingWithUs(process.execPath, nodeArguments('worker'))
    this.#child = spawn(
      file,
      args,
      // A group of its own: Ctrl+C reaches the harness alone, which then tells its workers to stop.
      {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        detached: true,
        serialization: 'advanced',
        // node-tap's own root test would end after 30 s; each test here has a deadline of its own.
        env: { ...process.env, TAP_TIMEOUT: '0', [SLOWNESS_VARIABLE]: String(hostSlowness()) },
      },
    )
    let stderr = ''
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT_BYTES)
    })
    this.#child.on('message', (message: FromWorker) => this.onMessage(message))
    // What a suite started on the host, and did not end, goes with its worker: it shares the group.
    this.#child.once('exit', () => this.#killGroup())
    this.ended = new Promise(resolve => {
      this.#child.once('error', error =>
        resolve({ code: null, signal: null, stderr: error.message }),
      )
      this.#child.once('close', (code, signal) => resolve({ code, signal, stderr }))
    })
  }

  /** A message to a worker that has just died is dropped; `ended` tells of its death. */
  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #killGroup(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch (error) {
      // Mostly there is nobody.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}
