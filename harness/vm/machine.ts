import { afterRunning, scaled } from '../deadlines.js'
import { describeEnd } from './end.js'
import { GuestDidNotBoot } from './guest-did-not-boot.js'
import { LiveMachine, type MachineParts } from './live-machine.js'

/** What the guest's init prints, alone on a line, when its ssh server listens. */
const READY_LINE = 'modprove: ready'

/**
 * Longest silence of a console on the way up: a debug kernel under emulation is silent for 3 s at most on an
 * idle host; see `scaled` for a crowded one.
 */
const SILENCE_MS = 12_000
/** Longest boot of a guest that does print: one that prints for ever does not boot. */
const READY_MS = 60_000

/** A machine whose guest is on its way up. */
export class Machine extends LiveMachine {
  readonly #ready: Promise<void>

  constructor(parts: MachineParts) {
    super(parts)
    this.#ready = parts.console.line(READY_LINE)
  }

  /**
   * Waits until the guest says that it is ready. A guest that is not has been killed when this throws.
   * @param limits in milliseconds, before they are scaled for the accelerator
   * @throws GuestDidNotBoot; the spec's signal's reason when that aborts
   */
  async ready({ silenceMs = SILENCE_MS, readyMs = READY_MS } = {}): Promise<BootedMachine> {
    const { spec, console, commandLine } = this.parts
    const silence = scaled(silenceMs, spec.accelerator)
    const limit = scaled(readyMs, spec.accelerator)
    let tooLate: (why: string) => void = () => undefined
    const late = new Promise<string>(resolve => (tooLate = resolve))
    const isSilent = (): void => tooLate(`printed nothing for ${silence / 1000} s`)
    const isLate = (): void => tooLate(`was not ready within ${limit / 1000} s`)
    let forgetSilence = afterRunning(silence, isSilent)
    const forgetLimit = afterRunning(limit, isLate)
    const heard = (): void => {
      forgetSilence()
      forgetSilence = afterRunning(silence, isSilent)
    }
    console.on('line', heard)
    try {
      const ended = this.ended.then(describeEnd)
      const why = await Promise.race([this.#ready, ended, late])
      if (why === undefined) return new BootedMachine(this.parts)
      await this.kill(why)
      spec.signal?.throwIfAborted()
      throw new GuestDidNotBoot(why, console.tail(Infinity), commandLine)
    } finally {
      console.off('line', heard)
      forgetSilence()
      forgetLimit()
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
