import { abortedAfter, afterRunning, scaled } from '../platform/deadlines.js'
import type { Console } from './console.js'
import { answersOn } from './console-ping.js'
import { CHANNELS } from './command-line.js'
import { readCpuStates, type CpuState } from './cpu-states.js'
import type { MachineEnd } from './end.js'
import type { QemuProcess } from './qemu-process.js'
import type { Qmp } from './qmp.js'
import type { MachineSpec } from './spec.js'

/** What a machine is while it lives; the states of one machine share it. */
export interface MachineParts {
  readonly spec: MachineSpec
  readonly qemu: QemuProcess
  readonly qmp: Qmp
  readonly console: Console
  readonly commandLine: string
  /** Resolves when the guest has said that it is ready; listens from the console's first line on. */
  readonly ready: Promise<void>
  /** When QEMU was started, by performance.now(). */
  readonly startedMs: number
  /** Port of 127.0.0.1 that leads to the guest's port 22. */
  readonly sshPort: number
}

/** What QEMU can still say of a machine whose guest is silent. */
export interface MachineEvidence {
  /** `running`, `paused`, `internal-error`, … (QAPI's RunState). */
  readonly status: string | undefined
  /** The monitor's `info registers` for each CPU. */
  readonly registers: string | undefined
  /** Where each CPU is, and its stack. */
  readonly cpus: readonly CpuState[]
  /** What could not be had, and why. */
  readonly missing: readonly string[]
}

/** QEMU answers within milliseconds; it needs longer only when the host is short of everything. */
const ANSWER_MS = 2_000
const QUIT_GRACE_MS = 1_000

/** What every state of a machine can do. Disposing ends it and waits until nothing is left of it. */
export abstract class LiveMachine implements AsyncDisposable {
  protected readonly parts: MachineParts

  constructor(parts: MachineParts) {
    this.parts = parts
  }

  get console(): Console {
    return this.parts.console
  }

  get qmp(): Qmp {
    return this.parts.qmp
  }

  /** The same machine for a person at a terminal; copyable. */
  get commandLine(): string {
    return this.parts.commandLine
  }

  /** QEMU's process. */
  get pid(): number {
    return this.parts.qemu.pid
  }

  /** How long QEMU has been stopped until now, in milliseconds: time that its guest did not have. */
  get stoppedMs(): number {
    return this.parts.qemu.stoppedMs
  }

  /** How long the machine has gone on, in milliseconds, since somebody stopped it last: its guest's clocks jumped then. */
  get sinceStillMs(): number {
    return this.parts.qemu.sinceStillMs
  }

  /** Resolves when QEMU is gone, whatever ended it, and the console's file is whole. */
  get ended(): Promise<MachineEnd> {
    return this.parts.qemu.ended.then(async end => {
      await this.parts.console.ended
      return end
    })
  }

  /** Taken before a silent machine is killed. Never throws, and takes a few seconds at most. */
  async evidence(): Promise<MachineEvidence> {
    const deadlineMs = scaled(ANSWER_MS, this.parts.spec.accelerator)
    const missing: string[] = []
    const ask = async <T>(what: string, answer: Promise<T>): Promise<T | undefined> => {
      try {
        return await answer
      } catch (error) {
        missing.push(`${what}: ${(error as Error).message}`)
        return undefined
      }
    }
    const [status, registers] = await Promise.all([
      ask('status', this.qmp.execute('query-status', {}, { deadlineMs })),
      ask('registers', this.qmp.monitor('info registers -a', { deadlineMs })),
    ])
    const cpus = registers === undefined ? [] : await readCpuStates(this.qmp, registers, deadlineMs)
    return { status: (status as { status?: string } | undefined)?.status, registers, cpus, missing }
  }

  /**
   * Whether the guest's user space answers on its console, where neither network nor sshd is needed. Gives up when the machine
   * ends, or the signal says that nobody wants to know any more.
   */
  answersOnConsole(deadlineMs: number, signal?: AbortSignal): Promise<boolean> {
    const { console, qemu } = this.parts
    const over = abortedAfter(deadlineMs, ...(signal ? [signal] : []))
    return answersOn(console, qemu.channel(CHANNELS.console), this.ended, over)
  }

  /** Puts a line to the guest's console. */
  tell(line: string): void {
    this.parts.qemu.channel(CHANNELS.console).write(`${line}\n`)
  }

  /** Asks QEMU to end, and kills it when it does not. */
  async quit(): Promise<MachineEnd> {
    const { qemu, qmp, spec } = this.parts
    const deadlineMs = scaled(QUIT_GRACE_MS, spec.accelerator)
    const forget = afterRunning(deadlineMs, () => qemu.kill('it did not quit'))
    qemu.expectQuit()
    try {
      // QEMU may be gone before its answer is.
      await qmp.execute('quit', {}, { deadlineMs }).catch(() => undefined)
      return await this.ended
    } finally {
      forget()
    }
  }

  /** Ends it at once, without asking. */
  async kill(why: string): Promise<MachineEnd> {
    this.parts.qemu.kill(why)
    return await this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit()
  }
}
