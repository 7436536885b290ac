import { readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { owned, type OwnedOptions, type OwnedProcess } from '../process/owned.js'
import type { MachineEnd } from './end.js'
import type { QmpEvent } from './qmp.js'

/** Enough for an assertion and its backtrace. */
const KEPT_STDERR_BYTES = 16 * 1024

const LOOK_MS = 250

function stateOf(pid: number): string | undefined {
  try {
    // The name before it may hold anything, parentheses too.
    return /^.*\) (\w)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]
  } catch {
    return undefined
  }
}

/** One QEMU, and the one answer to how it ended. */
export class QemuProcess {
  /** Resolves once, when the process is gone. */
  readonly ended: Promise<MachineEnd>
  readonly #process: OwnedProcess
  #stderr = Buffer.alloc(0)
  #shutdown: QmpEvent | undefined
  #intent: MachineEnd | undefined
  #stoppedMs = 0

  constructor(binary: string, args: readonly string[], options: OwnedOptions = {}) {
    this.#process = owned(binary, args, options)
    this.#process.child.stdout?.resume()
    this.#process.child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-KEPT_STDERR_BYTES)
    })
    this.ended = this.#wait()
    this.#watchForStops()
  }

  /** How long it has been stopped until now: by SIGSTOP, a debugger, a shell's job control. In milliseconds. */
  get stoppedMs(): number {
    return this.#stoppedMs
  }

  get stderr(): string {
    return this.#stderr.toString('utf8').trim()
  }

  get pid(): number {
    return this.#process.child.pid ?? 0
  }

  /** The harness's end of a descriptor that was given as `'pipe'`. */
  channel(descriptor: number): Duplex {
    return this.#process.child.stdio[descriptor] as unknown as Duplex
  }

  /** Remembers why QEMU is about to end: its SHUTDOWN event says who wanted it. */
  tell(event: QmpEvent): void {
    if (event.event === 'SHUTDOWN') this.#shutdown = event
  }

  /** The guest switched itself off, which QEMU cannot know. */
  halted(): void {
    if (this.#intent !== undefined) return
    const data = { guest: true, reason: 'guest-shutdown' }
    this.#shutdown = { event: 'SHUTDOWN', data }
    this.#process.child.kill('SIGKILL')
  }

  /** The harness asks QEMU to end; said before it is asked. */
  expectQuit(): void {
    this.#intent ??= { how: 'quit' }
  }

  kill(why: string): void {
    this.#intent = { how: 'killed', why }
    this.#process.child.kill('SIGKILL')
  }

  /** Nothing tells of a stop but the process's state (proc(5) stat: T, or t when it is traced). */
  #watchForStops(): void {
    let last = performance.now()
    const timer = setInterval(() => {
      const state = stateOf(this.pid)
      const now = performance.now()
      if (state === 'T' || state === 't') this.#stoppedMs += now - last
      last = now
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
