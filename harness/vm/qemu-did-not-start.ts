import { EXIT, ModproveError } from '../errors.js'
import { escapeTerminal } from '../text.js'
import { describeEnd, type MachineEnd } from './end.js'

/** QEMU ended, was refused something or did not answer before its guest ran. */
export class QemuDidNotStart extends ModproveError {
  override readonly name = 'QemuDidNotStart'
  readonly end: MachineEnd

  /** @param stderr as it came */
  constructor(end: MachineEnd, stderr: string, commandLine: string, cause: unknown) {
    super(
      'QEMU_DID_NOT_START',
      EXIT.harness,
      `a machine could not be started: it ${describeEnd(end)}`,
      {
        ...(stderr === '' ? {} : { detail: escapeTerminal(stderr) }),
        remedy: `start it by hand:\n${commandLine}`,
        cause,
      },
    )
    this.end = end
  }
}
