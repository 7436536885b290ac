import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import type { Work } from '../types.js'
import { complaints, type OpenSuite } from './suite-index.js'

/** Ample time for the largest package (150 MB) on a slow line. */
const TIMEOUT_MS = 1_800_000

export interface PackagesToDownload {
  /** `name=version` of each. */
  readonly packages: readonly string[]
  /** What messages call them. */
  readonly title: string
  /** Gets a .deb of each. */
  readonly folder: string
  /** The remedy if the archive no longer has one; default: a new index. */
  readonly whenGone?: string
}

/**
 * Downloads packages of a suite; apt verifies each against the suite's signed index.
 * @throws ModproveError `DOWNLOAD_FAILED`
 */
export async function downloadPackages(
  { packages, title, folder, whenGone }: PackagesToDownload,
  { $, suite, folder: index, host, site }: OpenSuite,
  { signal }: Work,
): Promise<void> {
  try {
    await $({ cwd: folder, timeout: TIMEOUT_MS })`apt-get -q download ${packages}`
  } catch (cause) {
    signal.throwIfAborted()
    const detail = complaints(cause)
    const isGone = /\b(404|410) /.test(detail)
    throw harnessError(
      'DOWNLOAD_FAILED',
      isGone
        ? `${host} has ${title} no more (${suite})`
        : `${title} could not be downloaded from ${host} (${suite})`,
      {
        detail,
        remedy: isGone
          ? (whenGone ?? `Run it again after: rm -r ${index}`)
          : `Check the network, or ${site.elsewhere}`,
        cause,
      },
    )
  }
}

/**
 * Downloads packages and unpacks them over each other, and over what is there.
 * @returns the folder that is their root, in `folder`
 * @throws ModproveError `DOWNLOAD_FAILED`
 */
export async function unpackPackages(
  wanted: PackagesToDownload,
  suite: OpenSuite,
  work: Work,
): Promise<string> {
  await downloadPackages(wanted, suite, work)
  const root = join(wanted.folder, 'root')
  await mkdir(root, { recursive: true })
  const $ = suite.$({ cwd: wanted.folder })
  await $`for deb in *.deb; do dpkg-deb --extract "$deb" ${root}; done; rm -- *.deb`
  return root
}
