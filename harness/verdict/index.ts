export * from './finding.js'
export { FindingReader } from './finding-reader.js'
export { recordsOfConsole, type LastRecord } from './console-text.js'
export { charge, type Charges, type Window } from './windows.js'
export { Symbolizer } from './symbolize.js'
export { nameAddresses, whatRan, type LoadedSection } from './what-ran.js'
export {
  judge,
  loadKnownFindings,
  type JudgedFinding,
  type KnownFinding,
} from './known-findings.js'
export { readKmemleak, type Leak } from './kmemleak.js'
export {
  outlivingEntries,
  outlivingThread,
  readKernelThread,
  readOutlivingTimers,
  type KernelThread,
} from './outliving.js'
export { compareInvariants, type InvariantBreach, type Invariants } from './invariants.js'
export { newTaints, taintBits, type TaintBit } from './taint.js'
export { causeOfDeath, type Cause, type Death, type Evidence, type MachineEnd } from './cause.js'
export { AlikeFindings, collapse } from './collapse.js'
export { reportOf } from './format.js'
export { lateProblem, lateProblems } from './late.js'
