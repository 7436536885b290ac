import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { script } from '../../platform/process/script.js'
import { during } from '../../platform/terminal/progress.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { Work } from '../types.js'
import { OLD_MIRROR } from './apt-config.js'
import { debianSite } from './site.js'
import { downloadPackages } from './download-packages.js'
import { installable } from './installable.js'
import { relocate } from './relocate.js'
import { openSuite } from './suite-index.js'

const PACKAGE = 'qemu-system-x86'
const KEPT_DAYS = 30
/** On a typical host with a quick line. */
const FETCH_SECONDS = 20
const UNPACK_SECONDS = 10

/**
 * Unpacks the QEMU of a release of Debian with all its libraries, without installing it or being
 * root.
 * @param suite `trixie`
 * @param folder is filled; all users may read it then, because QEMU runs as another one
 * @returns the path of its program
 * @throws ModproveError `NO_QEMU` if Debian has none; those of the archive
 */
export async function unpackQemu(suite: string, folder: string, work: Work): Promise<string> {
  const { progress, signal } = work
  const title = `QEMU of ${suite}`
  const opened = await openSuite(suite, debianSite(OLD_MIRROR), work)
  const found = await installable([PACKAGE], opened, signal)
  if (!('packages' in found))
    throw harnessError('NO_QEMU', `Debian's ${suite} has no ${PACKAGE} that can be installed`, {
      ...('conflict' in found ? { detail: found.conflict } : {}),
    })
  const { packages } = found
  const { folder: debs } = await stored(
    {
      kind: 'qemu',
      key: `${suite}-${contentKey({ packages: packages.join(' ') })}`,
      title,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make: async target => {
        await during(progress, `fetching ${title}`, FETCH_SECONDS, () =>
          downloadPackages({ packages, title, folder: target }, opened, work),
        )
        return null
      },
    },
    work,
  )
  const root = join(folder, 'root')
  await mkdir(root)
  await chmod(folder, 0o755)
  await during(progress, `unpacking ${title}`, UNPACK_SECONDS, async () => {
    const $ = script({ cwd: debs, signal })
    await $`for deb in *.deb; do dpkg-deb --extract "$deb" ${root}; done`
    await relocate(folder, folder, signal)
  })
  return join(root, 'usr/bin/qemu-system-x86_64')
}
