import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../../platform/names/did-you-mean.js'
import { harnessError, usageError } from '../../platform/errors.js'
import { during } from '../../platform/terminal/progress.js'
import { complaints, openSuite, type OpenSuite } from '../archive/suite-index.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { Work } from '../types.js'
import { cpio } from './cpio.js'
import { folderMembers } from './folder-members.js'

/** Increment when these scripts make something else from the same packages. */
const RECIPE = 2
const KEPT_DAYS = 30
const ARCHIVE = 'http://archive.debian.org'
/** Nobody reads it in a guest, whose memory it would take. */
const LEFT_OUT = /^usr\/share\/(doc|man|info|locale|lintian|bash-completion|bug)$/
const UNPACK_SECONDS = 30

/**
 * Debian packages and all that they depend on, unpacked and made one segment of an initramfs. What
 * was unpacked once is kept, and newer versions are not looked for.
 * @returns the segment's file; undefined for no package
 * @throws ModproveError `UNKNOWN_PACKAGE`, `PACKAGES_NOT_FETCHED`, and those of the archive
 */
export async function requirePackages(
  names: readonly string[],
  work: Work,
): Promise<string | undefined> {
  if (names.length === 0) return undefined
  const wanted = [...new Set(names)].sort()
  const suite = await suiteLikeHost()
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

/**
 * A suite whose C library is as new as this host's, which the programs of suites are linked with;
 * so it can take the place of that.
 */
async function suiteLikeHost(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const [, name] = /^VERSION_CODENAME=(\w+)$/m.exec(text) ?? []
  return name !== undefined && /^ID=debian$/m.test(text) ? name : 'sid'
}

async function unpack(
  wanted: readonly string[],
  suite: string,
  target: string,
  work: Work,
): Promise<void> {
  const opened = await openSuite(suite, { archive: ARCHIVE }, work)
  const all = await withDependencies(wanted, suite, opened)
  const root = join(target, 'root')
  await mkdir(root)
  const $ = opened.$({ cwd: target })
  await $`apt-get -q download ${all}`.catch((cause: unknown) => {
    work.signal.throwIfAborted()
    throw harnessError('PACKAGES_NOT_FETCHED', `${suite}: packages could not be downloaded`, {
      detail: complaints(cause),
      remedy: 'Check the network, or name another mirror in MODPROVE_MIRROR',
      cause,
    })
  })
  await $`for deb in *.deb; do dpkg-deb --extract "$deb" ${root}; done; rm -- *.deb`
  const members = await folderMembers(root, '', path => LEFT_OUT.test(path))
  await writeFile(join(target, 'packages.cpio'), cpio(members))
  await rm(root, { recursive: true })
}

/** `name=version` of the packages and all that they depend on. */
async function withDependencies(
  wanted: readonly string[],
  suite: string,
  { $ }: OpenSuite,
): Promise<string[]> {
  const asked = await $`apt-get -q -s --no-install-recommends install ${wanted}`.nothrow()
  if (asked.exitCode === 0)
    return [...asked.stdout.matchAll(/^Inst (\S+) \((\S+)/gm)].map(
      ([, name = '', version = '']) => `${name}=${version}`,
    )
  const known = (await $`apt-cache pkgnames`).stdout.split('\n')
  const unknown = wanted.filter(name => !known.includes(name))
  if (unknown.length === 0)
    throw usageError(
      'UNKNOWN_PACKAGE',
      `guest.packages cannot be unpacked together: ${wanted.join(', ')}`,
      {
        detail:
          /^The following packages have unmet[^]*/m.exec(asked.stdout)?.[0] ?? complaints(asked),
      },
    )
  const near = unknown.map(name => didYouMean(name, known)).join('')
  throw usageError(
    'UNKNOWN_PACKAGE',
    `guest.packages should have names of packages of Debian's ${suite}, which has no ${unknown.join(', ')}`,
    { remedy: `${near}apt-cache search WORD finds packages` },
  )
}
