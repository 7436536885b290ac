import { ModproveError } from '../platform/errors.js'
import { escapeTerminal } from '../platform/text/text.js'
import type { MachineEnd } from '../contract/machine-end.js'
import { describeEnd } from './end.js'

/** QEMU exited, refused a command or did not answer before its guest ran. */
export class QemuDidNotStart extends ModproveError {
  override readonly name = 'QemuDidNotStart'
  readonly end: MachineEnd

  /**
   * @param qemu its program and version, or why that is unknown
   * @param stderr not escaped
   */
  constructor(end: MachineEnd, stderr: string, qemu: string, commandLine: string, cause: unknown) {
    const what = `a machine could not be started by ${qemu}: it ${describeEnd(end)}`
    const remedy = `start it by hand:\n${commandLine}`
    const detail = stderr === '' ? undefined : escapeTerminal(stderr)
    super('QEMU_DID_NOT_START', 'harness', what, { detail, remedy, cause })
    this.end = end
  }

  /** It hung before it said a word, as it would at the next start. */
  get isMute(): boolean {
    return this.cause instanceof ModproveError && this.cause.code === 'QMP_MUTE'
  }
}
