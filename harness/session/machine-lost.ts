import { EXIT, ModproveError } from '../platform/errors.js'
import { describeEnd, type MachineEnd } from '../vm/index.js'

/** A machine ended before anything could be asked of its guest. */
export class MachineLost extends ModproveError {
  override readonly name = 'MachineLost'
  readonly end: MachineEnd

  constructor(end: MachineEnd) {
    super(
      'MACHINE_LOST',
      EXIT.harness,
      `the machine ${describeEnd(end)} before its guest could be reached`,
    )
    this.end = end
  }
}
