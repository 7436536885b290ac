import { abortedAfter, startCountdown, scaled } from '../platform/waiting/deadlines.js'
import type { SerialConsole } from './serial-console.js'
import { answersOn } from './console-ping.js'
import { CHANNELS } from './command-line.js'
import { readCpuStates, type CpuState } from './cpu-states.js'
import type { MachineEnd } from '../contract/machine-end.js'
import type { QemuProcess } from './qemu-process.js'
import type { Qmp } from './qmp.js'
import type { MachineSpec } from './spec.js'

/** The parts of a running machine, shared by its states. */
export interface MachineParts {
  readonly spec: MachineSpec
  readonly qemu: QemuProcess
  readonly qmp: Qmp
  readonly console: SerialConsole
  readonly commandLine: string
  /** Resolves when the guest reports that it is ready; listens from the first console line. */
  readonly ready: Promise<void>
  /** When QEMU was started, by performance.now(). */
  readonly startedMs: number
  /** Port on 127.0.0.1 that is forwarded to the guest's port 22. */
  readonly sshPort: number
}

/** What QEMU still reports about a machine whose guest is silent. */
export interface MachineEvidence {
  /** The monitor's `info registers` for each CPU; undefined if QEMU does not answer. */
  readonly registers: string | undefined
  /** Where each CPU is, and its stack. */
  readonly cpus: readonly CpuState[]
}

/** QEMU answers within milliseconds; it takes longer only on an overloaded host. */
const ANSWER_MS = 2_000
const QUIT_GRACE_MS = 1_000

/** What every state of a machine can do. Disposing ends it and waits until QEMU is gone. */
export abstract class LiveMachine implements AsyncDisposable {
  protected readonly parts: MachineParts

  constructor(parts: MachineParts) {
    this.parts = parts
  }

  get console(): SerialConsole {
    return this.parts.console
  }

  get qmp(): Qmp {
    return this.parts.qmp
  }

  /** The same machine's command line for a terminal. */
  get commandLine(): string {
    return this.parts.commandLine
  }

  get pid(): number {
    return this.parts.qemu.pid
  }

  /** Total time QEMU has been stopped, in milliseconds; its guest could not run then. */
  get stoppedMs(): number {
    return this.parts.qemu.stoppedMs
  }

  /** Total time QEMU's busiest thread has had a CPU, in milliseconds; see `QemuProcess`. */
  get ranMs(): number {
    return this.parts.qemu.ranMs
  }

  /** Milliseconds since QEMU last continued after a stop; the guest's clocks jumped then. */
  get sinceSuspendMs(): number {
    return this.parts.qemu.sinceSuspendMs
  }

  /** Resolves when QEMU has exited, for whatever reason, and the console file is complete. */
  get ended(): Promise<MachineEnd> {
    return this.parts.qemu.ended.then(async end => {
      await this.parts.console.ended
      return end
    })
  }

  /**
   * Collects evidence before a silent machine is killed. Never throws; takes a few seconds at most.
   */
  async evidence(): Promise<MachineEvidence> {
    const deadlineMs = scaled(ANSWER_MS, this.parts.spec.accelerator)
    const asked = this.qmp.monitor('info registers -a', { deadlineMs })
    const registers = await asked.catch(() => undefined)
    const cpus = registers === undefined ? [] : await readCpuStates(this.qmp, registers, deadlineMs)
    return { registers, cpus }
  }

  /**
   * Whether the guest's user space answers on its console, which needs neither network nor sshd.
   * @returns false at the deadline, when the machine exits, or when the signal aborts
   */
  answersOnConsole(deadlineMs: number, signal?: AbortSignal): Promise<boolean> {
    const { console, qemu } = this.parts
    const over = abortedAfter(deadlineMs, ...(signal ? [signal] : []))
    return answersOn(console, qemu.channel(CHANNELS.console), this.ended, over)
  }

  /** Writes a line to the guest's console. */
  tell(line: string): void {
    this.parts.qemu.channel(CHANNELS.console).write(`${line}\n`)
  }

  /** Asks QEMU to quit, and kills it if it does not. */
  async quit(): Promise<MachineEnd> {
    const { qemu, qmp, spec } = this.parts
    const deadlineMs = scaled(QUIT_GRACE_MS, spec.accelerator)
    using _limit = startCountdown(deadlineMs, () => qemu.kill('it did not quit'))
    qemu.expectQuit()
    // QEMU may exit before its answer arrives.
    await qmp.execute('quit', {}, { deadlineMs }).catch(() => undefined)
    return await this.ended
  }

  /** Kills QEMU at once. */
  async kill(why: string): Promise<MachineEnd> {
    this.parts.qemu.kill(why)
    return await this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit()
  }
}
