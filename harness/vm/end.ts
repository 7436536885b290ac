import type { MachineEnd } from '../contract/machine-end.js'

/** Describes it as a continuation of "the machine": "was ended by its guest (guest-reset)". */
export function describeEnd(end: MachineEnd): string {
  switch (end.how) {
    case 'quit':
      return 'was ended by the harness'
    case 'killed':
      return `was killed by the harness: ${end.why}`
    case 'guest':
      return end.reason === 'guest-reset'
        ? 'was reset by its guest, which is how a kernel panic ends here'
        : `was ended by its guest (${end.reason})`
    case 'qemu':
      return end.signal === undefined
        ? `lost its QEMU, which exited with status ${end.exitCode ?? 'unknown'}`
        : `lost its QEMU, which was killed by ${end.signal}`
  }
}
