import type { Fault } from '../fault.js'
import { atOnceFaults } from './at-once.js'
import { badSuitesFault } from './bad-suites.js'
import { blameFault, outlivesFault, ownTimerFault } from './blame.js'
import { bootSplatFault } from './boot-splat.js'
import { bundleFault } from './bundle.js'
import { childrenFault } from './children.js'
import { clockFault } from './clock.js'
import { cutOffFault } from './cut-off.js'
import { damagedCacheFault } from './damaged-cache.js'
import { damagedKernelFault } from './damaged-kernel.js'
import { disarmsFault, knownAtLoadFault } from './disarms.js'
import { downloadFaults } from './download.js'
import { floodFault } from './flood.js'
import { fullDiskFaults } from './full-disk.js'
import { hangFault } from './hang.js'
import { interruptedFaults } from './interrupted.js'
import { kvmFault } from './kvm.js'
import { lateFault } from './late.js'
import { leaksFault } from './leaks.js'
import { liesFault } from './lies.js'
import { otherQemuFault } from './other-qemu.js'
import { guestMemoryFault, harnessMemoryFault } from './out-of-memory.js'
import { panicFault } from './panic.js'
import { qemuKilledFault } from './qemu-killed.js'
import { reachFault } from './reach.js'
import { moduleDoesNotCompileFault, refusedModulesFault } from './refused-modules.js'
import { restoredFault } from './restored.js'
import { shardsFault } from './shards.js'
import { slowHostFault } from './slow-host.js'
import { slurmFaults } from './slurm.js'
import { slurmBadNodeFaults } from './slurm-bad-node.js'
import { slurmRandomFault } from './slurm-random.js'
import { splatFaults, twoCpusFault } from './splats.js'
import { ktapFault, streamsFault } from './streams.js'
import { stuckFault } from './stuck.js'
import { switchedOffFault } from './switched-off.js'

/** By row. */
export const faults: readonly Fault[] = [
  kvmFault,
  panicFault,
  switchedOffFault,
  ...splatFaults,
  disarmsFault,
  knownAtLoadFault,
  bootSplatFault,
  lateFault,
  blameFault,
  outlivesFault,
  ownTimerFault,
  leaksFault,
  twoCpusFault,
  hangFault,
  stuckFault,
  qemuKilledFault,
  cutOffFault,
  floodFault,
  streamsFault,
  ktapFault,
  ...interruptedFaults,
  ...atOnceFaults,
  damagedCacheFault,
  damagedKernelFault,
  ...fullDiskFaults,
  ...downloadFaults,
  moduleDoesNotCompileFault,
  refusedModulesFault,
  badSuitesFault,
  childrenFault,
  liesFault,
  reachFault,
  clockFault,
  restoredFault,
  slowHostFault,
  guestMemoryFault,
  harnessMemoryFault,
  otherQemuFault,
  shardsFault,
  bundleFault,
  ...slurmFaults,
  ...slurmBadNodeFaults,
  slurmRandomFault,
]
