import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError, usageError } from '../../platform/errors.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { markUsed } from '../../platform/files/last-use.js'
import { during } from '../../platform/terminal/progress.js'
import { script } from '../../platform/process/script.js'
import { download } from './download.js'
import { hashFile } from '../hash.js'
import type { KernelSource } from '../kernels/kernel-source.js'
import { addressOf, kernelOrg, sumOf, type KernelOrg } from './kernel-org-sums.js'
import type { Work } from '../types.js'
import { unpacked, unpackedTree } from './unpacked.js'
import { seriesOf } from '../../platform/text/version.js'

/**
 * Returns the source of a kernel.org release. Verifies here that the signed checksums list it; the
 * tarball is verified when downloaded.
 * @param release `6.12.94`; `6.12` is the series' first release
 * @throws ModproveError `UNKNOWN_KERNEL`, `RELEASE_NOT_FOUND`, `BAD_KEYRING` (exit 2);
 * `SIGNATURE_BAD`, `DOWNLOAD_FAILED`
 */
export async function kernelOrgSource(
  release: string,
  work: Work,
  site: KernelOrg = kernelOrg(),
): Promise<KernelSource> {
  if (/^\d+\.\d+(\.\d+)?[-~]rc\d+$/.test(release)) {
    throw usageError(
      'UNKNOWN_KERNEL',
      `kernel.org has no signed tarballs of release candidates: ${release}`,
      {
        remedy: 'Check its tag out with git, and name the folder: --kernel path:/src/linux',
      },
    )
  }
  if (!/^[3-9]\d*\.\d+(\.[1-9]\d*)?$/.test(release)) {
    throw usageError('UNKNOWN_KERNEL', `"${release}" is not a kernel.org release`, {
      remedy: 'Write one as its tarball is named, from 3.0 on: kernel.org:6.12.94',
    })
  }
  const sum = await sumOf(release, site, work)
  const unpackedName = `kernel.org-${release}-${sum.slice(0, 16)}`
  return {
    series: seriesOf(release),
    release,
    id: `linux-${release}.tar.xz sha256:${sum.slice(0, 16)}`,
    name: `kernel.org-${release}`,
    tree: unpackedTree(unpackedName),
    open: work =>
      unpacked(
        {
          name: unpackedName,
          fetch: work => fetchTarball(release, sum, site, work),
          unpack: (file, into, signal) =>
            script({ cwd: into, signal })`tar -xJf ${file} --strip-components=1`,
        },
        work,
      ),
  }
}

/**
 * Returns the tarball, from the cache or downloaded.
 * @throws ModproveError `DOWNLOAD_FAILED`, `SOURCE_DAMAGED`, leaving nothing behind
 */
async function fetchTarball(
  release: string,
  sum: string,
  site: KernelOrg,
  { progress, signal }: Work,
): Promise<string> {
  const sources = join(cacheFolder(), 'sources')
  await mkdir(sources, { recursive: true })
  const tarball = `linux-${release}.tar.xz`
  const kept = join(sources, tarball)
  if ((await hashFile(kept).catch(() => undefined)) === sum) {
    await markUsed(kept)
    return kept
  }
  const partial = `${kept}.${process.pid}.partial`
  const from = addressOf(site, release, tarball)
  try {
    const found = await during(progress, `downloading ${tarball}`, 10, () =>
      download(from, partial, signal),
    )
    const remedy = 'Try again later, or name another mirror in MODPROVE_KERNEL_ORG'
    if (!found) {
      const what = `${from} is not there, though the list of checksums has it`
      throw harnessError('DOWNLOAD_FAILED', what, { remedy })
    }
    const got = await hashFile(partial)
    if (got !== sum) {
      const what = `${from} is not what kernel.org signed, and was removed`
      const detail = `sha256 expected: ${sum}\n            got: ${got}`
      throw harnessError('SOURCE_DAMAGED', what, { detail, remedy })
    }
    await rename(partial, kept)
    return kept
  } finally {
    await rm(partial, { force: true })
  }
}
