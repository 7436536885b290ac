import { Parser } from 'tap-parser'
import type { Test } from 'tap'
import type { ExecOptions, ExecResult, Guest, Process } from '../guest/index.js'
import type { FaultSweep } from '../events.js'
import type { LogRecord } from '../log-record.js'
import type { Modules } from './modules.js'
import type { Session } from './session.js'
import type { GuestKernel, TestGuest } from './test-guest.js'

const PROGRAMS = '/lib/modprove/bin'

/** What one test holds of a session: it knows what the test started, and where its log begins. */
export class LiveGuest implements TestGuest {
  readonly kernel: GuestKernel
  readonly modules: Modules
  readonly connection: Guest
  readonly sweeps: FaultSweep[] = []
  readonly #since: number

  /** @param since sequence number of the last record before the test */
  constructor(session: Session, kernel: GuestKernel, since: number) {
    this.kernel = kernel
    this.modules = session.modules
    this.connection = session.guest
    this.#since = since
  }

  process(): Promise<Process> {
    return this.connection.process()
  }

  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.connection.exec(command, options)
  }

  readFile(path: string): Promise<string> {
    return this.connection.readFile(path)
  }

  async kernelLog(): Promise<LogRecord[]> {
    await this.connection.log.barrier()
    return this.connection.log.since(this.#since).filter(record => record.facility === 0)
  }

  program(name: string, args: readonly string[] = [], options?: ExecOptions): Promise<ExecResult> {
    return this.exec([`${PROGRAMS}/${name}`, ...args], options)
  }

  async tap(t: Test, program: string, args: readonly string[] = []): Promise<void> {
    const running = await this.connection.stream([`${PROGRAMS}/${program}`, ...args])
    const parser = new Parser()
    parser.on('assert', (point: TapPoint) => report(t, point))
    parser.on('bailout', (reason: string) => void t.fail(`${program} bailed out: ${reason}`))
    const complete = new Promise<TapResults>(resolve => parser.once('complete', resolve))
    running.stdout.pipe(parser)
    const [{ code, signal }, results] = await Promise.all([running.exited, complete])
    for (const { tapError } of results.failures) {
      if (tapError) t.fail(`${program}: ${tapError}`)
    }
    if (results.count === 0) t.fail(`${program} printed no test points`)
    if (code !== 0)
      t.fail(`${program} ended ${signal === null ? `with status ${code}` : `by ${signal}`}`)
  }
}

interface TapPoint {
  readonly ok: boolean
  readonly name: string
  readonly skip: boolean | string
  readonly todo: boolean | string
  readonly diag?: unknown
}

interface TapResults {
  readonly count: number
  readonly failures: readonly { readonly tapError?: string | null }[]
}

function report(t: Test, point: TapPoint): void {
  const extra: Record<string, unknown> = {
    at: undefined,
    stack: undefined,
    source: undefined,
    ...(point.skip === false ? {} : { skip: point.skip }),
    ...(point.todo === false ? {} : { todo: point.todo }),
    ...(point.diag === undefined ? {} : { detail: point.diag }),
  }
  t.ok(point.ok, point.name, extra)
}
