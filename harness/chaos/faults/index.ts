import type { Fault } from '../fault.js'
import { panicFault } from './panic.js'
import { qemuKilledFault } from './qemu-killed.js'

/** By row. */
export const faults: readonly Fault[] = [panicFault, qemuKilledFault]
