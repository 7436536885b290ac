import { join } from 'node:path'
import type { SourceCoverage } from './merge.js'

const range = (line: number) => ({
  start: { line, column: 0 },
  end: { line, column: Number.MAX_SAFE_INTEGER },
})

/** Converts to the input of istanbul's reporters, where a line is a statement. */
function fileCoverage({ lines, functions, branches }: SourceCoverage, path: string) {
  const statements = [...lines]
  return {
    path,
    statementMap: Object.fromEntries(statements.map(([line], id) => [id, range(line)])),
    s: Object.fromEntries(statements.map(([, count], id) => [id, count])),
    fnMap: Object.fromEntries(
      [...functions].map(([name, { line }], id) => [
        id,
        { name, line, decl: range(line), loc: range(line) },
      ]),
    ),
    f: Object.fromEntries([...functions].map(([, { count }], id) => [id, count])),
    branchMap: Object.fromEntries(
      branches.map(({ line, counts }, id) => [
        id,
        { type: 'branch', line, loc: range(line), locations: counts.map(() => range(line)) },
      ]),
    ),
    b: Object.fromEntries(branches.map(({ counts }, id) => [id, [...counts]])),
  }
}

/**
 * Writes `lcov.info` and HTML (`index.html`) into a folder.
 * @param root absolute; base of the paths in the coverage
 */
export async function writeReports(
  sources: readonly SourceCoverage[],
  root: string,
  folder: string,
): Promise<void> {
  // Workers load this file too, and write no reports.
  const { default: istanbul } = await import('istanbul-lib-coverage')
  const { createContext } = await import('istanbul-lib-report')
  const { default: reports } = await import('istanbul-reports')
  const map = istanbul.createCoverageMap({})
  for (const source of sources) map.addFileCoverage(fileCoverage(source, join(root, source.file)))
  const context = createContext({ dir: folder, coverageMap: map, defaultSummarizer: 'flat' })
  reports.create('lcovonly', { projectRoot: root }).execute(context)
  reports.create('html').execute(context)
}
