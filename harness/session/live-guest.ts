import type { Test } from 'tap'
import { PROGRAMS } from '../builder/image/guest-paths.js'
import type { ExecOptions, ExecResult, Guest, Process, RunningCommand } from '../guest/index.js'
import { failureError, harnessError, type ModproveError } from '../platform/errors.js'
import { suiteLine } from '../platform/text/suite-line.js'
import type { FaultSweep } from '../contract/events.js'
import type { LogRecord } from '../contract/log-record.js'
import { whatIsLeft, type Finding } from '../verdict/index.js'
import type { FindingReports } from './finding-reports.js'
import { readTap } from './guest-tap.js'
import type { MachineSetup } from './job.js'
import type { Modules } from './modules/modules.js'
import type { Session } from './session.js'
import { stillOutliving } from './still-outliving.js'
import type { GuestKernel, TestGuest } from '../suite-api/test-guest.js'

/** A test that asserts the absence of a record would pass. */
const logIncomplete = () =>
  harnessError('LOG_INCOMPLETE', 'the kernel log since the test began is incomplete', {
    detail:
      'More was logged than is kept: 20,000 records on the host, one ring buffer in the guest.',
  })

/** The guest as one test sees it, with the kernel log since the test began. */
export class LiveGuest implements TestGuest {
  readonly kernel: GuestKernel
  readonly sweeps: FaultSweep[] = []
  readonly #modules: Modules
  readonly #guest: Guest
  readonly #broken: MachineSetup['brokenPrograms']
  readonly #since: number
  readonly #outliving: () => Promise<readonly Finding[]>
  readonly #reports: Pick<FindingReports, 'isKnown'>
  #tellLate: ((use: ModproveError) => void) | undefined

  /** @param since sequence number of the last record before the test */
  constructor(
    session: Session,
    kernel: GuestKernel,
    since: number,
    reports: Pick<FindingReports, 'isKnown'>,
  ) {
    this.#reports = reports
    this.kernel = kernel
    this.#modules = session.modules
    this.#guest = session.guest
    this.#broken = session.setup.brokenPrograms
    this.#since = since
    this.#outliving = () => stillOutliving(session)
  }

  /**
   * The test has ended: the first use from now on is reported, and none gets an answer, as an error
   * would show in a later test.
   */
  end(tellLate: (use: ModproveError) => void): void {
    this.#tellLate = tellLate
  }

  get modules(): Modules {
    if (this.#tellLate === undefined) return this.#modules
    throw this.#late()
  }

  process(): Promise<Process> {
    return this.#use(guest => guest.process())
  }

  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.#use(guest => guest.exec(command, options))
  }

  stream(command: string | readonly string[]): Promise<RunningCommand> {
    return this.#use(guest => guest.stream(command))
  }

  readFile(path: string): Promise<string> {
    return this.#use(guest => guest.readFile(path))
  }

  readBytes(path: string): Promise<Buffer> {
    return this.#use(guest => guest.readBytes(path))
  }

  writeFile(path: string, content: Uint8Array | string): Promise<void> {
    return this.#use(guest => guest.writeFile(path, content))
  }

  upload(path: string, content: Uint8Array, mode?: number): Promise<void> {
    return this.#use(guest => guest.upload(path, content, mode))
  }

  exists(path: string): Promise<boolean> {
    return this.#use(guest => guest.exists(path))
  }

  async kernelLog(after = this.#since): Promise<LogRecord[]> {
    const { log } = this.#guest
    await log.barrier()
    if (log.oldest > after + 1) throw logIncomplete()
    return log.since(after).filter(record => record.facility === 0)
  }

  async logPosition(): Promise<number> {
    const { log } = this.#guest
    await log.barrier()
    return log.last
  }

  #use<T>(work: (guest: Guest) => Promise<T>): Promise<T> {
    if (this.#tellLate === undefined) return work(this.#guest)
    this.#late()
    return new Promise(() => undefined)
  }

  #late(): ModproveError {
    const use = failureError('TEST_ENDED', 'its guest was used')
    this.#tellLate?.(use)
    this.#tellLate = () => undefined
    return use
  }

  isKnown(finding: Finding): boolean {
    return this.#reports.isKnown(finding)
  }

  async leftByModules(): Promise<string[]> {
    const left = await this.#use(() => this.#outliving())
    return left.filter(finding => !this.isKnown(finding)).map(whatIsLeft)
  }

  programPath(name: string): string {
    const broken = this.#broken.find(program => program.name === name)
    if (broken !== undefined) {
      const { message, detail } = broken
      throw failureError('PROGRAM_DOES_NOT_COMPILE', message, { detail })
    }
    return `${PROGRAMS}/${name}`
  }

  async program(
    name: string,
    args: readonly string[] = [],
    options?: ExecOptions,
  ): Promise<ExecResult> {
    return this.exec([this.programPath(name), ...args], options)
  }

  async tap(t: Test, program: string, args: readonly string[] = []): Promise<void> {
    const at = suiteLine(new Error().stack)
    const running = await this.stream([this.programPath(program), ...args])
    await readTap(t, program, running, at)
  }
}
