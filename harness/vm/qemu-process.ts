import { tmpdir } from 'node:os'
import type { Duplex } from 'node:stream'
import { startCountdown } from '../platform/waiting/deadlines.js'
import { owned, type OwnedOptions, type OwnedProcess } from '../platform/process/owned.js'
import { ProcessorTimes } from '../platform/process/processor-times.js'
import { isStopped } from '../platform/process/stopped.js'
import type { MachineEnd } from '../contract/machine-end.js'
import type { QmpEvent } from './qmp.js'

/** Enough for an assertion and its backtrace. */
const KEPT_BYTES = 16 * 1024

const LOOK_MS = 250
/** A check this late, by a process that used no CPU time meanwhile: we were suspended. */
const SLEPT_MS = 1500

/** Share of an interval that may count as waiting: even on the busiest host, deadlines expire. */
const MAX_WAITED = 0.9

/** One QEMU process, and how it ended. */
export class QemuProcess {
  /** Resolves once, when the process is gone. */
  readonly ended: Promise<MachineEnd>
  readonly #process: OwnedProcess
  #output = Buffer.alloc(0)
  #shutdown: QmpEvent | undefined
  #intent: MachineEnd | undefined
  #stoppedMs = 0
  #ranMs = 0
  #lastSuspendedAtMs = -Infinity

  constructor(binary: string, args: readonly string[], options: OwnedOptions = {}) {
    this.#process = owned(binary, args, options)
    const keep = (chunk: Buffer): void => {
      this.#output = Buffer.concat([this.#output, chunk]).subarray(-KEPT_BYTES)
    }
    // QEMU itself prints nothing to stdout; a wrapper may give its reason there.
    this.#process.child.stdout?.on('data', keep)
    this.#process.child.stderr?.on('data', keep)
    this.ended = this.#wait()
    this.#watchForStops()
  }

  /**
   * Total time, in milliseconds, that it was stopped (SIGSTOP, a debugger, job control) or waited
   * for a CPU on a busy host. Deadlines do not count it.
   */
  get stoppedMs(): number {
    return this.#stoppedMs
  }

  /**
   * Total time, in milliseconds, that its busiest thread had a CPU: of a guest that spins, a
   * virtual processor; 0 where the host does not count.
   */
  get ranMs(): number {
    return this.#ranMs
  }

  /** Time in milliseconds since it was last seen stopped. */
  get sinceSuspendMs(): number {
    return performance.now() - this.#lastSuspendedAtMs
  }

  /** What it printed last, to stdout, too. */
  get stderr(): string {
    return this.#output.toString('utf8').trim()
  }

  get pid(): number {
    return this.#process.child.pid ?? 0
  }

  /** Returns the harness's end of a descriptor that was given as `'pipe'`. */
  channel(descriptor: number): Duplex {
    return this.#process.child.stdio[descriptor] as unknown as Duplex
  }

  onEvent(event: QmpEvent): void {
    // It says who caused the end.
    if (event.event === 'SHUTDOWN') this.#shutdown = event
    // Otherwise QEMU stops the guest when the host's disk is full, which would look like a hang.
    if (event.event === 'BLOCK_IO_ERROR')
      this.kill(`the host failed to keep its disk in ${tmpdir()}: ${String(event.data['reason'])}`)
  }

  /** Records that the guest powered itself off, which QEMU cannot know. */
  halted(): void {
    if (this.#intent !== undefined) return
    const data = { guest: true, reason: 'guest-shutdown' }
    this.#shutdown = { event: 'SHUTDOWN', data }
    this.#process.kill()
  }

  /** Call before asking QEMU to quit, so that its exit is expected. */
  expectQuit(): void {
    this.#intent ??= { how: 'quit' }
  }

  kill(why: string): void {
    this.#intent = { how: 'killed', why }
    this.#process.kill()
  }

  /** Kills it if it does not exit within the limit, so that its own exit status is preferred. */
  async endWithin(limitMs: number, why: string): Promise<MachineEnd> {
    using _limit = startCountdown(limitMs, () => this.kill(why))
    return await this.ended
  }

  #watchForStops(): void {
    let last = performance.now()
    let busy = process.cpuUsage()
    const times = new ProcessorTimes(`/proc/${this.pid}/task`)
    const timer = setInterval(() => {
      const now = performance.now()
      const missedMs = now - last
      const { user, system } = process.cpuUsage(busy)
      // This process did not run for so long: whatever stopped it stopped its QEMU, too.
      const slept = missedMs > SLEPT_MS && (user + system) / 1000 < missedMs / 10
      const stopped = isStopped(this.pid)
      const looked = times.look()
      const waitedMs = Math.min(looked.waitedMs, MAX_WAITED * missedMs)
      this.#ranMs += looked.ranMs
      // Time this process itself was suspended is not counted.
      this.#stoppedMs += Math.min(stopped ? missedMs : waitedMs, 2 * LOOK_MS)
      if (stopped || slept) this.#lastSuspendedAtMs = now
      last = now
      busy = process.cpuUsage()
    }, LOOK_MS)
    timer.unref()
    void this.ended.then(() => clearInterval(timer))
  }

  async #wait(): Promise<MachineEnd> {
    const { exitCode, signal } = await this.#process.ended
    const reason = this.#shutdown?.data['reason']
    if (this.#shutdown?.data['guest'] === true && typeof reason === 'string')
      return { how: 'guest', reason }
    if (this.#intent?.how === 'quit' && exitCode === 0) return this.#intent
    if (this.#intent?.how === 'killed' && signal === 'SIGKILL') return this.#intent
    return { how: 'qemu', exitCode, signal, stderr: this.stderr }
  }
}
