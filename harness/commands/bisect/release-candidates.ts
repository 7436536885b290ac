import { compareVersions, seriesOf } from '../../platform/text/version.js'
import {
  debianSource,
  kernelKey,
  loadCatalogue,
  moduleContent,
  releasesBetween,
  selectKernel,
  selectOneKernel,
  type Flavour,
  type SourcePackage,
  type Work,
} from '../../builder/index.js'
import type { Project } from '../../project/project.js'
import { usageError } from '../../platform/errors.js'
import { columnOf } from '../../plan/column.js'
import type { Candidate, SearchSpace } from './candidate.js'

export interface Ends {
  readonly good: string
  readonly bad: string
}

/**
 * Candidates for the archive's releases in a range; a series means its newest release.
 * @throws ModproveError `UNKNOWN_KERNEL`, `RELEASE_NOT_FOUND`, `BAD_RANGE`
 */
export async function releaseCandidates(
  ends: Ends,
  flavour: Flavour,
  { project, ...work }: Work & { readonly project: Project },
): Promise<SearchSpace> {
  const catalogue = await loadCatalogue()
  const releaseOf = async (word: string): Promise<string> =>
    selectKernel(catalogue, word).release ??
    (await selectOneKernel(catalogue, word, work)).source.release
  const [good, bad] = [await releaseOf(ends.good), await releaseOf(ends.bad)]
  if (compareVersions(good, bad) >= 0) {
    throw usageError('BAD_RANGE', `${good} is not older than ${bad}`, {
      remedy: '--good names the older release, on which the test passes',
    })
  }
  const sources = await releasesBetween(catalogue, good, bad, work)
  const module = await moduleContent(project.module)
  const candidates = sources.map(async (found): Promise<Candidate> => {
    const source = debianSource(found)
    const { key, isBuilt } = await kernelKey(source, flavour)
    return {
      name: found.release,
      column: columnOf({ kernel: found.release, source }, flavour),
      content: `${key} ${module}`,
      isBuilt,
      jobFolder: '',
    }
  })
  return {
    over: 'releases',
    candidates: await Promise.all(candidates),
    between: (first, last) => Promise.resolve(packagesBetween(sources, first, last)),
  }
}

function packagesBetween(
  sources: readonly SourcePackage[],
  first: number,
  last: number,
): readonly string[] {
  const good = sources[first]
  const bad = sources[last]
  if (good === undefined || bad === undefined) return []
  const name = (source: SourcePackage) => `${source.package} ${source.version}`
  const lines = [`${name(good)} → ${name(bad)} (${bad.suite})`]
  const [from, to] = [good, bad].map(({ release }) => Number(release.split('.')[2] ?? 0))
  const same = seriesOf(good.release) === seriesOf(bad.release)
  if (!same || from === undefined || to === undefined || bad.release.includes('-rc')) return lines
  // kernel.org has each point release's list of commits; Debian skips some releases.
  const folder = `https://cdn.kernel.org/pub/linux/kernel/v${bad.release.split('.', 1)[0]}.x`
  for (let point = from + 1; point <= to; point++) {
    lines.push(`${folder}/ChangeLog-${seriesOf(bad.release)}.${point}`)
  }
  return lines
}
