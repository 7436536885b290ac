import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { usageError } from '../../platform/errors.js'
import { during } from '../../platform/terminal/progress.js'
import { OLD_MIRROR } from '../archive/apt-config.js'
import { debianSite } from '../archive/site.js'
import { unpackPackages } from '../archive/download-packages.js'
import { hostRelease } from '../archive/host-release.js'
import { installable } from '../archive/installable.js'
import { openSuite, type OpenSuite } from '../archive/suite-index.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { Work } from '../types.js'
import { cpio } from './cpio.js'
import { folderMembers } from './folder-members.js'

/** Increment when these scripts make something else from the same packages. */
const RECIPE = 2
const KEPT_DAYS = 30
/** Documentation: unused in a guest, and costs its memory. */
const LEFT_OUT = /^usr\/share\/(doc|man|info|locale|lintian|bash-completion|bug)$/
const UNPACK_SECONDS = 30

/**
 * Debian packages and all that they depend on, unpacked and made one segment of an initramfs. What
 * was unpacked once is kept, and newer versions are not looked for.
 * @returns the segment's file; undefined for no package
 * @throws ModproveError `UNKNOWN_PACKAGE`, and those of the archive
 */
export async function requirePackages(
  names: readonly string[],
  work: Work,
): Promise<string | undefined> {
  if (names.length === 0) return undefined
  const wanted = [...new Set(names)].sort()
  // Its C library must be as new as the host's, against which the suites' programs are linked.
  const suite = (await hostRelease()) ?? 'sid'
  const { folder } = await stored(
    {
      kind: 'packages',
      key: `${suite}-${contentKey({ recipe: String(RECIPE), wanted: wanted.join(' ') })}`,
      title: `packages ${wanted.join(', ')} for the guest`,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make: async target => {
        const title = `unpacking ${wanted.join(', ')} for the guest`
        await during(work.progress, title, UNPACK_SECONDS, () =>
          unpack(wanted, suite, target, work),
        )
        return null
      },
    },
    work,
  )
  return join(folder, 'packages.cpio')
}

async function unpack(
  wanted: readonly string[],
  suite: string,
  target: string,
  work: Work,
): Promise<void> {
  const opened = await openSuite(suite, debianSite(OLD_MIRROR), work)
  const packages = await withDependencies(wanted, opened, work)
  const title = `packages ${wanted.join(', ')}`
  const root = await unpackPackages({ packages, title, folder: target }, opened, work)
  const members = await folderMembers(root, '', path => LEFT_OUT.test(path))
  await writeFile(join(target, 'packages.cpio'), cpio(members))
  await rm(root, { recursive: true })
}

/** `name=version` of the packages and all that they depend on. */
async function withDependencies(
  wanted: readonly string[],
  opened: OpenSuite,
  { signal }: Work,
): Promise<readonly string[]> {
  const found = await installable(wanted, opened, signal)
  if ('packages' in found) return found.packages
  const { suite } = opened
  if ('unknown' in found)
    throw usageError(
      'UNKNOWN_PACKAGE',
      `guest.packages should have names of packages of Debian's ${suite}, which has no ${found.unknown.join(', ')}`,
      {
        remedy: `${found.unknown.map(name => didYouMean(name, found.known)).join('')}apt-cache search WORD finds packages`,
      },
    )
  throw usageError(
    'UNKNOWN_PACKAGE',
    `guest.packages cannot be unpacked together: ${wanted.join(', ')}`,
    {
      detail: found.conflict,
      remedy: `Leave out of guest.packages what Debian's ${suite} cannot install`,
    },
  )
}
