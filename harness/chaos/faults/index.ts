import type { Fault } from '../fault.js'
import { atOnceFaults } from './at-once.js'
import { badSuitesFault } from './bad-suites.js'
import { damagedCacheFault } from './damaged-cache.js'
import { fullDiskFaults } from './full-disk.js'
import { interruptedFaults } from './interrupted.js'
import { guestMemoryFault, harnessMemoryFault } from './out-of-memory.js'
import { panicFault } from './panic.js'
import { qemuKilledFault } from './qemu-killed.js'
import { moduleDoesNotCompileFault, refusedModulesFault } from './refused-modules.js'
import { slowHostFault } from './slow-host.js'
import { switchedOffFault } from './switched-off.js'

/** By row. */
export const faults: readonly Fault[] = [
  panicFault,
  switchedOffFault,
  qemuKilledFault,
  ...interruptedFaults,
  ...atOnceFaults,
  damagedCacheFault,
  ...fullDiskFaults,
  moduleDoesNotCompileFault,
  refusedModulesFault,
  badSuitesFault,
  slowHostFault,
  guestMemoryFault,
  harnessMemoryFault,
]
