import { scaled } from '../deadlines.js'
import { describeEnd } from './end.js'
import { GuestDidNotBoot } from './guest-did-not-boot.js'
import { LiveMachine, type MachineParts } from './live-machine.js'

/** What the guest's init prints, alone on a line, when its ssh server listens. */
const READY_LINE = 'modprove: ready'

/** A debug kernel boots within 13 s under emulation on an idle host; see `scaled` for a crowded one. */
const READY_MS = 12_000

/** A machine whose guest is on its way up. */
export class Machine extends LiveMachine {
  readonly #ready: Promise<void>

  constructor(parts: MachineParts) {
    super(parts)
    this.#ready = new Promise(resolve => {
      const look = (line: string) => {
        if (line !== READY_LINE) return
        parts.console.off('line', look)
        resolve()
      }
      parts.console.on('line', look)
    })
  }

  /**
   * Waits until the guest says that it is ready. A guest that is not has been killed when this throws.
   * @param deadlineMs from now; default: 12 s, scaled for the accelerator
   * @throws GuestDidNotBoot; the spec's signal's reason when that aborts
   */
  async ready(deadlineMs?: number): Promise<BootedMachine> {
    const { spec, console, commandLine } = this.parts
    const limitMs = deadlineMs ?? scaled(READY_MS, spec.accelerator)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>(resolve => {
      timer = setTimeout(resolve, limitMs, `was not ready within ${limitMs / 1000} s`)
    })
    try {
      const ended = this.ended.then(describeEnd)
      const why = await Promise.race([this.#ready, ended, late])
      if (why === undefined) return new BootedMachine(this.parts)
      await this.kill(why)
      spec.signal?.throwIfAborted()
      throw new GuestDidNotBoot(why, console.tail(Infinity), commandLine)
    } finally {
      clearTimeout(timer)
    }
  }
}

/** A machine whose guest listens for ssh. */
export class BootedMachine extends LiveMachine {
  readonly sshHost = '127.0.0.1'

  get sshPort(): number {
    return this.parts.sshPort
  }
}
