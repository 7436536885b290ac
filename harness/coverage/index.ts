export { readCounts, type Counted } from './gcov.js'
export { mergeCoverage, type SourceCoverage } from './merge.js'
export { gapsOf, loadReasons, unusedReasons } from './reasons.js'
export { writeReports } from './write.js'
