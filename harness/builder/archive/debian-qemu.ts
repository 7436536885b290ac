import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError } from '../../platform/errors.js'
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
  const suite = `${await releaseName()}-backports`
  const { $ } = await openSuite(suite, {}, work)
  const { stdout } = await $`apt-cache madison ${PACKAGES}`
  const versions = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const [name = '', version = ''] = line.split('|').map(word => word.trim())
    if (PACKAGES.includes(name) && !versions.has(name)) versions.set(name, version)
  }
  const missing = PACKAGES.filter(name => !versions.has(name))
  if (missing.length > 0) throw none(`Debian's ${suite} has no ${missing.join(', ')}`)
  const { folder: packages } = await stored(
    {
      kind: 'qemu',
      key: `${suite}-${contentKey(Object.fromEntries(versions))}`,
      title: `QEMU of ${suite}`,
      hashed: 'all',
      keptDays: KEPT_DAYS,
      valueFrom: noValue,
      make: async target => {
        const wanted = [...versions].map(([name, version]) => `${name}=${version}`)
        await $({ cwd: target })`apt-get -q download ${wanted}`
        return null
      },
    },
    work,
  )
  for (const name of await readdir(packages))
    if (name.endsWith('.deb')) await $`dpkg-deb --extract ${join(packages, name)} ${folder}`
  return join(folder, 'usr/bin/qemu-system-x86_64')
}

/** Returns `bookworm`: os-release(5), for amd64 Debian only. */
async function releaseName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const [, name] = /^VERSION_CODENAME=(\w+)$/m.exec(text) ?? []
  if (process.arch === 'x64' && /^ID=debian$/m.test(text) && name !== undefined) return name
  throw none('this host is not an amd64 release of Debian')
}

const none = (why: string) =>
  harnessError('NO_QEMU_FOR_HOST', `No other QEMU is available for this host: ${why}`, {
    remedy: 'name one in MODPROVE_QEMU and run a suite with it',
  })
