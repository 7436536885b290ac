import { startCountdown, scaled } from '../platform/waiting/deadlines.js'
import { deferred } from '../platform/waiting/deferred.js'
import { harnessError } from '../platform/errors.js'
import { escapeTerminal } from '../platform/text/text.js'
import { keepBootTime, longestSilenceMs } from './boot-time.js'
import { processor } from './command-line.js'
import type { MachineEnd } from '../contract/machine-end.js'
import { describeEnd } from './end.js'
import { LiveMachine } from './live-machine.js'
import { qemuVersion } from './qemu-version.js'
import type { MachineSpec } from './spec.js'

/** Longest boot of a guest that prints: one that prints forever never boots. */
const READY_MS = 60_000
/** Of the console of a guest that did not boot. */
const SHOWN_LINES = 40

/** A machine whose guest is booting. */
export class Machine extends LiveMachine {
  /**
   * Waits until the guest is ready; kills it before throwing.
   * @param limits in milliseconds, before they are scaled for the accelerator
   * @throws ModproveError `GUEST_DID_NOT_BOOT`; the reason of the spec's signal when it aborts
   */
  async ready({ readyMs = READY_MS } = {}): Promise<ReadyMachine> {
    const { spec, console, commandLine, startedMs } = this.parts
    const silence = await longestSilenceMs(spec)
    const limit = scaled(readyMs, spec.accelerator)
    const late = deferred<string>()
    const isSilent = (): void => late.resolve(`printed nothing for ${silence / 1000} s`)
    const isLate = (): void => late.resolve(`was not ready within ${limit / 1000} s`)
    const given = { stoppedMs: () => this.stoppedMs }
    let forgetSilence = startCountdown(silence, isSilent, given)
    using _limit = startCountdown(limit, isLate, given)
    const heard = (): void => {
      forgetSilence()
      forgetSilence = startCountdown(silence, isSilent, given)
    }
    console.on('line', heard)
    try {
      const why = await Promise.race([this.parts.ready, this.ended, late.promise])
      if (why === undefined) {
        await keepBootTime(spec, performance.now() - startedMs - this.stoppedMs)
        return new ReadyMachine(this.parts)
      }
      const what = typeof why === 'string' ? why : describeEnd(why)
      await this.kill(what)
      spec.signal?.throwIfAborted()
      const suspect = await suspectOf(why, spec)
      throw didNotBoot(what, console.tail(SHOWN_LINES), commandLine, suspect)
    } finally {
      console.off('line', heard)
      forgetSilence()
    }
  }
}

/**
 * The guest did not report that it is ready.
 * @param what what happened instead: "was reset by its guest", "was not ready within 60 s"
 * @param consoleLines the console's last lines, not escaped
 * @param suspect another possible cause than the kernel, for the remedy
 */
function didNotBoot(
  what: string,
  consoleLines: readonly string[],
  commandLine: string,
  suspect?: string,
): Error {
  const shown = consoleLines.map(line => escapeTerminal(line, 500)).join('\n')
  const byHand = `boot it by hand (Ctrl+A X ends it):\n${commandLine}`
  return harnessError('GUEST_DID_NOT_BOOT', `the guest did not boot: its machine ${what}`, {
    detail:
      consoleLines.length === 0
        ? 'Its console is empty.'
        : `The last ${consoleLines.length} lines of its console:\n${shown}`,
    remedy: suspect === undefined ? byHand : `${suspect}\n${byHand}`,
  })
}

/** A machine whose guest accepts ssh connections. */
export class ReadyMachine extends LiveMachine {
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
  return `the cause may be this QEMU (${qemu}) or its processor model (${processor(spec.accelerator)}); --qemu uses another one`
}
