import { EXIT, ModproveError } from '../platform/errors.js'
import { escapeTerminal } from '../platform/text.js'
import { describeEnd, type MachineEnd } from './end.js'

interface DidNotStartDetails {
  readonly binary: string
  /** Its version, or why it is unknown. */
  readonly version: string
  readonly commandLine: string
  readonly cause: unknown
}

/** QEMU exited, refused a command or did not answer before its guest ran. */
export class QemuDidNotStart extends ModproveError {
  override readonly name = 'QemuDidNotStart'
  readonly end: MachineEnd

  /** @param stderr not escaped */
  constructor(
    end: MachineEnd,
    stderr: string,
    { binary, version, commandLine, cause }: DidNotStartDetails,
  ) {
    super(
      'QEMU_DID_NOT_START',
      EXIT.harness,
      `a machine could not be started by ${binary} (${version}): it ${describeEnd(end)}`,
      {
        ...(stderr === '' ? {} : { detail: escapeTerminal(stderr) }),
        remedy: `start it by hand:\n${commandLine}`,
        cause,
      },
    )
    this.end = end
  }
}
