import type { MachineEnd } from '../../contract/machine-end.js'
import { ModproveError } from '../../platform/errors.js'
import { describeEnd } from '../../vm/index.js'

/** A machine ended before its guest was reached. */
export class MachineLost extends ModproveError {
  override readonly name = 'MachineLost'
  readonly end: MachineEnd

  constructor(end: MachineEnd) {
    super(
      'MACHINE_LOST',
      'harness',
      `the machine ${describeEnd(end)} before its guest could be reached`,
    )
    this.end = end
  }
}
