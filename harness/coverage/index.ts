export { readCounts, type Counted } from './gcov.js'
export { mergeCoverage, type Branching, type SourceCoverage } from './merge.js'
export { gapsOf, loadReasons, unusedReasons, type Gap, type Reason } from './reasons.js'
export { writeReports } from './write.js'
