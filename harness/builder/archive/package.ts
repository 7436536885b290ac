import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError, usageError } from '../../platform/errors.js'
import { during } from '../../platform/terminal/progress.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { Work } from '../types.js'
import { complaints, openSuite, type OpenSuite } from './suite-index.js'

const KEPT_DAYS = 30
const FETCH_SECONDS = 3
/** Where releases are that mirrors have dropped. */
export const OLD_SUITES = { archive: 'http://archive.debian.org' } as const

/**
 * The files of one Debian package, as it would install them; fetched once, verified by the
 * archive's signature.
 *
 * @param wanted package and version: `vpoll-dkms=0.1.1-1`
 * @returns the folder that is their root
 * @throws ModproveError `PACKAGE_GONE`, `PACKAGES_NOT_FETCHED`, and those of the archive
 */
export async function requirePackage(suite: string, wanted: string, work: Work): Promise<string> {
  const { folder } = await stored(
    {
      kind: 'packages',
      key: `${suite}-${contentKey({ wanted })}`,
      title: `package ${wanted}`,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make: async target => {
        await during(work.progress, `fetching ${wanted}`, FETCH_SECONDS, async () => {
          const opened = await openSuite(suite, OLD_SUITES, work)
          await requireVersion(suite, wanted, opened)
          await unpackPackages(
            [wanted],
            { suite, opened, target, root: join(target, 'root') },
            work,
          )
        })
        return null
      },
    },
    work,
  )
  return join(folder, 'root')
}

async function requireVersion(suite: string, wanted: string, { $ }: OpenSuite): Promise<void> {
  const [name = '', version] = wanted.split('=')
  const { stdout } = await $`apt-cache madison ${name}`
  const versions = stdout.split('\n').flatMap(line => line.split('|')[1]?.trim() ?? [])
  if (version !== undefined && versions.includes(version)) return
  const has = versions.length === 0 ? 'no such package' : `${name} ${versions.join(', ')}`
  throw usageError('PACKAGE_GONE', `Debian's ${suite} has no ${name} ${version ?? ''}`, {
    remedy: `It has ${has}: ask for that`,
  })
}

/**
 * Downloads packages and unpacks them over each other.
 * @throws ModproveError `PACKAGES_NOT_FETCHED`
 */
export async function unpackPackages(
  packages: readonly string[],
  to: {
    readonly suite: string
    readonly opened: OpenSuite
    /** For the downloads, which are removed. */
    readonly target: string
    readonly root: string
  },
  work: Work,
): Promise<void> {
  const $ = to.opened.$({ cwd: to.target })
  await $`apt-get -q download ${packages}`.catch((cause: unknown) => {
    work.signal.throwIfAborted()
    throw harnessError('PACKAGES_NOT_FETCHED', `${to.suite}: packages could not be downloaded`, {
      detail: complaints(cause),
      remedy: 'Check the network, or name another mirror in MODPROVE_MIRROR',
      cause,
    })
  })
  await mkdir(to.root)
  await $`for deb in *.deb; do dpkg-deb --extract "$deb" ${to.root}; done; rm -- *.deb`
}
