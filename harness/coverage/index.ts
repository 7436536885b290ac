export { readCounts, type Counted } from './gcov.js'
export { mergeCoverage, type SourceCoverage } from './merge.js'
export { gapsOf, unusedReasons } from './reasons.js'
export { writeReports } from './write.js'
