export * from './finding.js'
export * from './finding-kinds.js'
export { DIED } from './reader/boundaries.js'
export { isOfItsTask } from './reader/foreign.js'
export { FindingReader } from './reader/finding-reader.js'
export { recordsOfConsole } from './reader/console-text.js'
export { mendLosses } from './reader/lost-records.js'
export { withUnloaded } from './symbols/unloaded.js'
export { SourceLines } from './symbols/source-lines.js'
export { Symbolizer } from './symbols/symbolize.js'
export { parseTraceLine } from './symbols/trace-line.js'
export { nameAddresses, whatRan, type LoadedSection } from './symbols/what-ran.js'
export type { KnownFinding } from './allow-list.js'
export { markKnownFindings } from './known-findings.js'
export { readKmemleak, withoutLeakCount } from './kmemleak.js'
export { pagesOfModules, readLeakedPages } from './page-owner.js'
export {
  outlivingEntries,
  outlivingThread,
  readKernelThread,
  readOutlivingTimers,
  whatIsLeft,
} from './outliving.js'
export { differencesOf, type Invariants } from './invariants.js'
export { referencesLeft, type References } from './references.js'
export { newTaints } from './taint.js'
export { explainLoss, type LossOfResult, type LossEvidence } from './cause.js'
export { byCause, withoutConsequences } from './by-cause.js'
export { DistinctFindings, collapse } from './collapse.js'
export { reportOf } from './format.js'
export { saysPoweredOff } from './reader/power-off.js'
export { isAllowed, lateProblem, lateProblems } from './late.js'
export { problemAfter, problemOf } from './thrown.js'
export {
  findingProblems,
  lostProblem,
  statusAfterDeath,
  verdictOf,
  verdictOfProblems,
  type Verdict,
} from './verdict.js'
