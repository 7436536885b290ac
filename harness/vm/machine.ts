import { startCountdown, scaled } from '../platform/deadlines.js'
import { keepBootTime, longestSilenceMs } from './boot-time.js'
import { processor } from './command-line.js'
import { describeEnd, type MachineEnd } from './end.js'
import { GuestDidNotBoot } from './guest-did-not-boot.js'
import { LiveMachine } from './live-machine.js'
import { qemuVersion } from './qemu-version.js'
import type { MachineSpec } from './spec.js'

/** Longest boot of a guest that prints: one that prints forever never boots. */
const READY_MS = 60_000

/** A machine whose guest is booting. */
export class Machine extends LiveMachine {
  /**
   * Waits until the guest is ready; kills it before throwing.
   * @param limits in milliseconds, before they are scaled for the accelerator
   * @throws GuestDidNotBoot; the reason of the spec's signal when it aborts
   */
  async ready({ readyMs = READY_MS } = {}): Promise<BootedMachine> {
    const { spec, console, commandLine, startedMs } = this.parts
    const silence = await longestSilenceMs(spec)
    const limit = scaled(readyMs, spec.accelerator)
    let tooLate: (why: string) => void = () => undefined
    const late = new Promise<string>(resolve => (tooLate = resolve))
    const isSilent = (): void => tooLate(`printed nothing for ${silence / 1000} s`)
    const isLate = (): void => tooLate(`was not ready within ${limit / 1000} s`)
    const given = { stoppedMs: () => this.stoppedMs }
    let forgetSilence = startCountdown(silence, isSilent, given)
    const forgetLimit = startCountdown(limit, isLate, given)
    const heard = (): void => {
      forgetSilence()
      forgetSilence = startCountdown(silence, isSilent, given)
    }
    console.on('line', heard)
    try {
      const why = await Promise.race([this.parts.ready, this.ended, late])
      if (why === undefined) {
        await keepBootTime(spec, performance.now() - startedMs - this.stoppedMs)
        return new BootedMachine(this.parts)
      }
      const what = typeof why === 'string' ? why : describeEnd(why)
      await this.kill(what)
      spec.signal?.throwIfAborted()
      const suspect = await suspectOf(why, spec)
      throw new GuestDidNotBoot(what, console.tail(Infinity), commandLine, suspect)
    } finally {
      console.off('line', heard)
      forgetSilence()
      forgetLimit()
    }
  }
}

/** A machine whose guest accepts ssh connections. */
export class BootedMachine extends LiveMachine {
  readonly sshHost = '127.0.0.1'

  get sshPort(): number {
    return this.parts.sshPort
  }
}

/** A reset (panic, triple fault) may mean that the kernel does not work with this QEMU. */
async function suspectOf(why: MachineEnd | string, spec: MachineSpec): Promise<string | undefined> {
  if (typeof why === 'string' || why.how !== 'guest' || why.reason !== 'guest-reset')
    return undefined
  const qemu = await qemuVersion().catch((error: Error) => error.message)
  return `the cause may be this QEMU (${qemu}) or its processor model (${processor(spec.accelerator)}); set MODPROVE_QEMU to use another QEMU`
}
