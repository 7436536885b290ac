import { EXIT, ModproveError } from '../platform/errors.js'
import type { EndEvidence } from '../verdict/index.js'
import { describeEnd, type BootedMachine, type MachineEnd } from '../vm/index.js'
import { race } from './race.js'

/**
 * How a machine ended, in the verdict's terms; `alive` when it is still up.
 *
 * @param waitMs how long to wait for an end
 */
export async function machineEndForVerdict(
  machine: BootedMachine,
  waitMs: number,
): Promise<EndEvidence> {
  const end = await race(machine.ended, { limitMs: waitMs }).catch(() => undefined)
  return end === undefined ? { how: 'alive' } : forVerdict(end)
}

function forVerdict(end: MachineEnd): EndEvidence {
  switch (end.how) {
    case 'guest':
      if (end.reason === 'guest-shutdown') return { how: 'guest-halted' }
      return { how: end.reason === 'guest-panic' ? 'guest-panicked' : 'guest-reset' }
    case 'qemu':
      return { how: 'exited', code: end.exitCode, signal: end.signal, stderr: end.stderr }
    case 'quit':
    case 'killed':
      return { how: 'exited', code: undefined, signal: 'SIGKILL', stderr: 'the harness ended it' }
  }
}

/** A machine ended before its guest was reached. */
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
