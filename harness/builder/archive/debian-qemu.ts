import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
import { downloadPackages } from './download-packages.js'
import { hostRelease } from './host-release.js'
import { openSuite } from './suite-index.js'
import { contentKey } from '../hash.js'
import { noValue, stored } from '../store.js'
import type { Work } from '../types.js'

/** QEMU for x86 and its firmware; a backport uses the libraries of the host's release. */
const PACKAGES = ['qemu-system-x86', 'qemu-system-common', 'qemu-system-data', 'seabios']
const KEPT_DAYS = 30

/**
 * Unpacks the QEMU backported to the host's release of Debian, without installing it or being root.
 * @param folder is filled; QEMU's user must be able to read it
 * @returns the path of its program
 * @throws ModproveError `NO_QEMU_FOR_HOST` if Debian has none; those of the archive
 */
export async function unpackBackportedQemu(folder: string, work: Work): Promise<string> {
  const release = process.arch === 'x64' ? await hostRelease() : undefined
  if (release === undefined) throw none('this host is not an amd64 release of Debian')
  const suite = `${release}-backports`
  const opened = await openSuite(suite, {}, work)
  const { $ } = opened
  const { stdout } = await $`apt-cache madison ${PACKAGES}`
  const versions = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const [name = '', version = ''] = line.split('|').map(word => word.trim())
    if (PACKAGES.includes(name) && !versions.has(name)) versions.set(name, version)
  }
  const missing = PACKAGES.filter(name => !versions.has(name))
  if (missing.length > 0) throw none(`Debian's ${suite} has no ${missing.join(', ')}`)
  const title = `QEMU of ${suite}`
  const { folder: packages } = await stored(
    {
      kind: 'qemu',
      key: `${suite}-${contentKey(Object.fromEntries(versions))}`,
      title,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make: async target => {
        const wanted = [...versions].map(([name, version]) => `${name}=${version}`)
        await downloadPackages({ packages: wanted, title, folder: target }, opened, work)
        return null
      },
    },
    work,
  )
  for (const name of await readdir(packages))
    if (name.endsWith('.deb')) await $`dpkg-deb --extract ${join(packages, name)} ${folder}`
  return join(folder, 'usr/bin/qemu-system-x86_64')
}

const none = (why: string) =>
  harnessError('NO_QEMU_FOR_HOST', `No other QEMU is available for this host: ${why}`, {
    remedy: 'name one in MODPROVE_QEMU and run a suite with it',
  })
