import { join } from 'node:path'
import { ModproveError, usageError } from '../../platform/errors.js'
import { compareVersions, seriesOf, upstreamOf } from '../../platform/text/version.js'
import { resolveSource } from '../archive/archive.js'
import { requirePackage } from '../archive/package.js'
import { debianSite, ownSite, type ArchiveSite } from '../archive/site.js'
import { debianSource } from '../archive/debian-source.js'
import { openSuite, type OpenSuite } from '../archive/suite-index.js'
import { loadCatalogue, selectKernel } from '../kernels/catalogue.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import type { Work } from '../types.js'
import type { Distribution, DistributionWord } from './distributions.js'
import { indexed, withParts, type IndexedPackage } from './indexed-package.js'
import { installDistribution } from './install-distribution.js'

/** A distribution's kernel that was found in a suite. */
interface FoundKernel {
  readonly suite: OpenSuite
  /** `linux-image-6.1.0-57-amd64` */
  readonly image: string
  /** `6.1.192-3` */
  readonly version: string
}

/** Packages that belong to one kernel: `linux-kbuild-6.1`, `linux-modules-7.3.4+deb13-amd64`. */
const OF_KERNEL = /^linux-[a-z-]+-\d+\.\d+/

/**
 * A kernel as its distribution ships it, with the headers to build modules against.
 * @param word as the user named it: `distro:bookworm`
 * @throws ModproveError `RELEASE_NOT_FOUND`, `NO_HEADERS` (exit 2), and those of the archive
 */
export async function distributionKernel(
  word: string,
  wanted: DistributionWord,
  work: Work,
): Promise<KernelSource> {
  const { suite, image, version } = await find(word, wanted, work)
  const release = upstreamOf(version)
  const images = (await withParts(image, version, suite, isOfKernel)) ?? []
  const headers = await withParts(headersOf(image), version, suite, isOfKernel)
  const name = `${wanted.name.replace('/', '-')}-${version}`
  const parts = [
    ...new Map([...images, ...(headers ?? [])].map(each => [each.name, each])).values(),
  ]
  return {
    series: seriesOf(release),
    release,
    id: `${image} ${version}`,
    name,
    tree: '',
    ...(headers === undefined ? { unavailable: noHeaders(word, image, version) } : {}),
    install: async (folder, home) => {
      const installed = await installDistribution(
        { folder, home, parts, suite, base: wanted.distribution.base },
        work,
      )
      return { ...installed, word: `distro:${wanted.name}=${version}` }
    },
    open: async () => (await sourceOf(word, release, work)).open(work),
  }
}

/** `linux-kbuild-6.1` is, `linux-compiler-gcc-12-x86` and `linux-base` are not. */
const isOfKernel = (name: string): boolean => OF_KERNEL.test(name)

const headersOf = (image: string): string => image.replace('linux-image-', 'linux-headers-')

async function siteOf({ own, archive }: Distribution, work: Work): Promise<ArchiveSite> {
  if (own === undefined) return debianSite(archive)
  const { suite, package: name, file } = own.keys
  return ownSite(own, join(await requirePackage(suite, name, work), file))
}

/** The newest version in the suites, or the one that was asked for. */
async function find(
  word: string,
  { distribution, image, version }: DistributionWord,
  work: Work,
): Promise<FoundKernel> {
  const site = await siteOf(distribution, work)
  const metas: (IndexedPackage & { readonly suite: OpenSuite })[] = []
  for (const name of distribution.suites) {
    const suite = await openSuite(name, site, work)
    for (const found of await indexed(image, suite)) metas.push({ ...found, suite })
  }
  const newestFirst = metas.sort((a, b) => compareVersions(b.version, a.version))
  const chosen = newestFirst.find(
    found => version === undefined || [found.version, upstreamOf(found.version)].includes(version),
  )
  const real = chosen?.depends.find(name => name.startsWith('linux-image-'))
  if (chosen !== undefined && real !== undefined) {
    const { suite, version: meta } = chosen
    const versions = (await indexed(real, suite)).map(found => found.version)
    // Ubuntu's older meta packages count for themselves: 5.15.0.130.129 of 5.15.0-130.140.
    return { suite, image: real, version: versions.includes(meta) ? meta : (versions[0] ?? meta) }
  }
  const known = [...new Set(newestFirst.map(found => found.version))]
  const suites = distribution.suites.join(', ')
  throw usageError('RELEASE_NOT_FOUND', `${suites} have no ${image} ${version ?? ''} (${word})`, {
    remedy:
      known.length === 0
        ? 'Correct "distributions" of images/kernels.json'
        : `Choose one they have: ${known.map(each => `${word.split('=')[0]}=${each}`).join(', ')}`,
  })
}

const noHeaders = (word: string, image: string, version: string): ModproveError =>
  usageError(
    'NO_HEADERS',
    `${word}: the archive has ${image} ${version}, but not ${headersOf(image)}, which modules are built against`,
    { remedy: 'Name another version, or a series, which is built here' },
  )

/** The source that it was built from, for its own tests. */
async function sourceOf(word: string, release: string, work: Work): Promise<KernelSource> {
  const catalogue = await loadCatalogue()
  if (!catalogue.some(({ name }) => name === seriesOf(release)))
    throw usageError('NO_SOURCE', `the source of ${word} is not read: no series has ${release}`)
  const selected = selectKernel(catalogue, release)
  return debianSource(await resolveSource(selected, work))
}
