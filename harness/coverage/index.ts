export { readCounts, type Counted } from './gcov.js'
export { mergeCoverage, type SourceCoverage } from './merge.js'
