import {
  kernelKey,
  loadCatalogue,
  selectOneKernel,
  type Flavour,
  type Work,
} from '../../builder/index.js'
import type { Project } from '../../project/project.js'
import { columnOf } from '../../plan/column.js'
import type { Candidate, SearchSpace } from './candidate.js'
import { SourceHistory } from './git.js'
import type { Ends } from './release-candidates.js'

const SHORT = 12

/**
 * Candidates for commits that change the modules' sources, on one kernel. Suites and harness stay
 * those of the checkout.
 * @throws ModproveError `UNKNOWN_COMMIT`, `BAD_RANGE`, `NOT_ONE_REPOSITORY`, `UNKNOWN_KERNEL`
 */
export async function commitCandidates(
  ends: Ends,
  kernel: string,
  flavour: Flavour,
  { project, ...work }: Work & { readonly project: Project },
): Promise<SearchSpace> {
  const history = new SourceHistory(project.module, work.signal)
  const commits = await history.between(ends.good, ends.bad)
  const column = columnOf(await selectOneKernel(await loadCatalogue(), kernel, work), flavour)
  const { key } = await kernelKey(column.source, flavour)
  const how = JSON.stringify(project.module.folders)
  const candidates: Candidate[] = []
  for (const { hash } of commits) {
    const name = hash.slice(0, SHORT)
    candidates.push({
      name,
      column,
      content: `${key} ${(await history.content(hash)) ?? `no folder in ${name}`} ${how}`,
      // All use one kernel, which the first candidate builds.
      isBuilt: true,
      jobFolder: `${name}/`,
      extract: into => history.extract(hash, into),
    })
  }
  const between = async (good: number, bad: number): Promise<readonly string[]> => {
    const lines: string[] = []
    for (const { hash, date, author, subject } of commits.slice(good + 1, bad + 1)) {
      lines.push(`${hash.slice(0, SHORT)} ${date} ${author}: ${subject}`)
      lines.push(...(await history.changes(hash)))
    }
    return lines
  }
  return { over: 'commits', candidates, between }
}
