import { join } from 'node:path'
import { usageError } from '../../platform/errors.js'
import { during } from '../../platform/terminal/progress.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { Work } from '../types.js'
import { OLD_MIRROR } from './apt-config.js'
import { debianSite } from './site.js'
import { unpackPackages } from './download-packages.js'
import { openSuite, type OpenSuite } from './suite-index.js'

const KEPT_DAYS = 30
const FETCH_SECONDS = 3

/**
 * The files of one Debian package, as it would install them; fetched once, verified by the
 * archive's signature.
 *
 * @param wanted a package, or one and its version: `vpoll-dkms=0.1.1-1`
 * @returns the folder that is their root
 * @throws ModproveError `PACKAGE_GONE`, and those of the archive
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
          const opened = await openSuite(suite, debianSite(OLD_MIRROR), work)
          await requireVersion(wanted, opened)
          await unpackPackages({ packages: [wanted], title: wanted, folder: target }, opened, work)
        })
        return null
      },
    },
    work,
  )
  return join(folder, 'root')
}

async function requireVersion(wanted: string, { $, suite }: OpenSuite): Promise<void> {
  const [name = '', version] = wanted.split('=')
  const { stdout } = await $`apt-cache madison ${name}`
  const versions = stdout.split('\n').flatMap(line => line.split('|')[1]?.trim() ?? [])
  if (version === undefined ? versions.length > 0 : versions.includes(version)) return
  throw usageError('PACKAGE_GONE', `Debian's ${suite} has no ${name} ${version ?? ''}`, {
    remedy:
      versions.length === 0
        ? 'Name a package that it has'
        : `It has ${name} ${versions.join(', ')}: ask for that`,
  })
}
