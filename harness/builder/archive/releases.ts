import { usageError } from '../../platform/errors.js'
import { availableSources, type SourcePackage } from './archive.js'
import type { Catalogue, Series } from '../kernels/catalogue.js'
import type { ArchiveOptions } from './suite-index.js'
import type { Work } from '../types.js'
import { compareVersions, seriesOf } from '../../platform/text/version.js'

/**
 * Returns a series' releases in the archive, oldest first, each in its newest revision.
 * @throws ModproveError those of `availableSources`
 */
export async function allReleases(
  series: Series,
  work: Work,
  options: ArchiveOptions = {},
): Promise<readonly SourcePackage[]> {
  const suites = [...series.suites, ...series.olderSuites]
  const releases = new Map<string, SourcePackage>()
  for (const source of await availableSources(series, suites, work, options)) {
    if (!releases.has(source.release)) releases.set(source.release, source)
  }
  return [...releases.values()].reverse()
}

/**
 * Returns the archive's releases from `first` to `last`, oldest first, including the series
 * between.
 * @throws ModproveError `RELEASE_NOT_FOUND` if it lacks one of the two, listing what it has
 */
export async function releasesBetween(
  catalogue: Catalogue,
  first: string,
  last: string,
  work: Work,
): Promise<readonly SourcePackage[]> {
  const from = seriesOf(first)
  const to = seriesOf(last)
  const found: SourcePackage[] = []
  for (const series of catalogue) {
    if (compareVersions(series.name, from) < 0 || compareVersions(series.name, to) > 0) continue
    const releases = await allReleases(series, work)
    for (const end of [first, last]) {
      if (seriesOf(end) !== series.name || releases.some(({ release }) => release === end)) continue
      const known = releases.map(({ release }) => release)
      throw usageError('RELEASE_NOT_FOUND', `The archive has no kernel ${end}`, {
        remedy: `Choose one it has: ${known.reverse().join(', ')}`,
      })
    }
    found.push(...releases)
  }
  return found.filter(
    ({ release }) => compareVersions(release, first) >= 0 && compareVersions(release, last) <= 0,
  )
}
