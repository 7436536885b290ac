import { nodeArguments } from '../compile/entry.js'
import { hostSlowness, SLOWNESS_VARIABLE } from '../platform/waiting/deadlines.js'
import { owned, type OwnedProcess } from '../platform/process/owned.js'
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
  readonly #process: OwnedProcess | undefined
  readonly ended: Promise<WorkerEnd>
  /** Receives the worker's messages. */
  onMessage: (message: FromWorker) => void = () => undefined

  constructor() {
    try {
      this.#process = owned(process.execPath, nodeArguments('worker'), {
        descriptors: ['ipc'],
        // node-tap's own root test would end after 30 s; each test here has a deadline of its own.
        env: { TAP_TIMEOUT: '0', [SLOWNESS_VARIABLE]: String(hostSlowness()) },
      })
    } catch (error) {
      // A host that is short of processes fails what this worker was for, not the run.
      this.ended = Promise.resolve({ code: null, signal: null, stderr: String(error) })
      return
    }
    const { child, ended } = this.#process
    let stderr = ''
    child.stdout?.resume()
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT_BYTES)
    })
    child.on('message', (message: FromWorker) => this.onMessage(message))
    this.ended = ended.then(({ exitCode, signal }) => ({
      code: exitCode ?? null,
      signal: signal ?? null,
      stderr,
    }))
  }

  /** A message to a worker that has just died is dropped; `ended` reports its death. */
  send(message: ToWorker): void {
    const child = this.#process?.child
    if (child?.connected) child.send(message, () => undefined)
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#process?.child.pid
  }

  /** What a suite started on the host, and did not end, is killed with its worker. */
  kill(): void {
    this.#process?.kill()
  }
}

/** The part of a worker that running jobs needs. */
export type PoolWorker = Pick<WorkerProcess, 'pid' | 'ended' | 'onMessage' | 'send' | 'kill'>
