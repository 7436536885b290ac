import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { isThere } from '../../platform/files/is-there.js'
import { markUsed } from '../../platform/files/last-use.js'
import { during } from '../../platform/terminal/progress.js'
import type { KernelSelection, Series } from '../kernels/catalogue.js'
import { downloadPackages } from './download-packages.js'
import { debianSite } from './site.js'
import { OLD_RELEASES, openSuite, type ArchiveOptions } from './suite-index.js'
import type { Work } from '../types.js'
import { compareVersions, upstreamOf } from '../../platform/text/version.js'

/** A source package of one kernel, as the archive names it. */
export interface SourcePackage {
  readonly series: Series
  /** `linux-source-6.1` */
  readonly package: string
  /** `6.1.192-2` */
  readonly version: string
  /** `6.1.192` */
  readonly release: string
  /** The suite whose index lists it. */
  readonly suite: string
}

/**
 * Returns all versions of a series' source package, newest first.
 * @throws ModproveError those of `openSuite`
 */
export async function availableSources(
  series: Series,
  suites: readonly string[],
  work: Work,
  options: ArchiveOptions = {},
): Promise<readonly SourcePackage[]> {
  const found: SourcePackage[] = []
  for (const suite of suites) {
    const { $ } = await openSuite(suite, debianSite(series.archive), work, options)
    const { stdout } = await $`apt-cache madison ${series.package}`
    for (const line of stdout.split('\n')) {
      const version = line.split('|')[1]?.trim()
      if (!version || found.some(known => known.version === version)) continue
      found.push({ series, package: series.package, version, release: upstreamOf(version), suite })
    }
  }
  return found.sort((a, b) => compareVersions(b.version, a.version))
}

/**
 * Returns the selected kernel's package: the newest of its series, or the newest revision of a
 * point release, which is also looked for in older suites and in the cache.
 * @throws ModproveError `RELEASE_NOT_FOUND` with a list of releases, and those of {@link
 * availableSources}
 */
export async function resolveSource(
  selection: KernelSelection,
  work: Work,
): Promise<SourcePackage> {
  const { series, release } = selection
  const wanted = (source: SourcePackage) => release === undefined || source.release === release
  const newest = await availableSources(series, series.suites, work)
  const first = newest.find(wanted)
  if (first) return first
  const older = await availableSources(series, series.olderSuites, work)
  const second = older.find(wanted)
  if (second) return second
  // A dropped release may still be cached, for resuming a run or replaying a failure.
  const kept = release === undefined ? undefined : (await keptSources(series)).find(wanted)
  if (kept) return kept
  const releases = [...new Set([...newest, ...older].map(source => source.release))]
  throw usageError(
    'RELEASE_NOT_FOUND',
    `Kernel ${release ?? series.name} is not in the archive’s suites ${[...series.suites, ...series.olderSuites].join(', ')}`,
    {
      remedy:
        releases.length === 0
          ? `The suites hold no ${series.package}: correct images/kernels.json`
          : `Choose one it has: ${releases.sort((a, b) => compareVersions(b, a)).join(', ')}. ${elsewhere(release)}`,
    },
  )
}

/** Where to find a release that the archive has dropped. */
const elsewhere = (release = ''): string =>
  /^\d+(\.\d+)+$/.test(release) ? `${OLD_RELEASES}: --kernel kernel.org:${release}` : OLD_RELEASES

/** A series' downloaded packages, newest first. */
async function keptSources(series: Series): Promise<readonly SourcePackage[]> {
  const { package: name, suites } = series
  const found: SourcePackage[] = []
  for (const file of await readdir(join(cacheFolder(), 'sources')).catch(() => [])) {
    const [of, version, ...rest] = file.split('_')
    if (of !== name || version === undefined || rest.join('_') !== 'all.deb') continue
    found.push({
      series,
      package: name,
      version,
      release: upstreamOf(version),
      suite: suites[0] ?? '',
    })
  }
  return found.sort((a, b) => compareVersions(b.version, a.version))
}

/**
 * Returns a verified .deb of a source package, from the cache or the archive.
 * @throws ModproveError `DOWNLOAD_FAILED`, leaving nothing behind
 */
export async function downloadSource(source: SourcePackage, work: Work): Promise<string> {
  const sources = join(cacheFolder(), 'sources')
  const name = `${source.package}_${source.version}_all.deb`
  const deb = join(sources, name)
  if (await isThere(deb)) {
    await markUsed(deb)
    return deb
  }
  const suite = await openSuite(source.suite, debianSite(source.series.archive), work)
  const partial = join(sources, `${name}.${process.pid}.partial`)
  await mkdir(partial, { recursive: true })
  const wanted = {
    packages: [`${source.package}=${source.version}`],
    title: `${source.package} ${source.version}`,
    folder: partial,
    whenGone: `modprove kernels --refresh shows what it has now. ${elsewhere(source.release)}`,
  }
  try {
    await during(work.progress, `downloading ${wanted.title}`, 10, () =>
      downloadPackages(wanted, suite, work),
    )
    // Whatever its name, it is the only file.
    const [file = name] = await readdir(partial)
    await rename(join(partial, file), deb)
    return deb
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}
