import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { indexFrom } from '../archive-index.js'
import { archivePackage } from '../archive-package.js'
import {
  cutShort,
  expectFailure,
  failEachWay,
  right,
  type Answering,
  type Download,
  type Said,
} from '../failing-download.js'
import type { Fault } from '../fault.js'
import type { Lab } from '../lab.js'
import { LocalMirror } from '../local-mirror.js'
import { signedRelease } from '../signed-release.js'

const RELEASE = '6.12.94'
/** A hash that matches nothing. */
const OTHER = '5a'.repeat(32)

const expected = 'named; tried again where that helps; nothing of it is kept'

export const downloadFaults: readonly Fault[] = [
  {
    row: 17,
    name: 'download-kernel.org',
    fault:
      "kernel.org's tarball: refused, not there, cut half-way, of another content; its list: cut, altered, not signed",
    expected,
    make: ofKernelOrg,
  },
  {
    row: 17,
    name: 'download-archive',
    fault: "the archive's package: refused, not there, cut half-way, of another content",
    expected,
    make: ofArchive,
  },
]

const altered: Answering = ({ data }) => ({
  data: Buffer.from(data.toString().replace(/^[0-9a-f]{64}/m, OTHER)),
})
const unsigned: Answering = () => ({ data: Buffer.from(`${OTHER}  linux-${RELEASE}.tar.xz\n`) })

const LISTS: Readonly<Record<string, readonly [Answering, ...Said]>> = {
  'its list of checksums cut half-way each time': [
    cutShort,
    3,
    /sha256sums\.asc could not be downloaded[^]*\(3 tries\)/,
  ],
  'its list of checksums altered after it was signed': [
    altered,
    1,
    /sha256sums\.asc is not signed by a key of .*signer\.gpg[^]*BAD signature/,
  ],
  'its list of checksums without a signature': [
    unsigned,
    1,
    /sha256sums\.asc is not signed by a key of .*signer\.gpg/,
  ],
}

async function ofKernelOrg(lab: Lab): Promise<void> {
  const { paths, keyring, ...made } = await signedRelease(join(lab.root, 'release'), RELEASE)
  const cache = join(lab.root, 'cache-kernel.org')
  await mkdir(cache)
  await using mirror = await LocalMirror.open()
  const fetch = (answer: Answering, address = mirror.address, list = right) => {
    mirror.asked.length = 0
    mirror.answers = (path, nth) => {
      if (path === paths.sums) return list({ data: made.sums }, nth)
      return path === paths.tarball ? answer({ data: made.tarball }, nth) : undefined
    }
    return lab.run(['build', '--kernel', `kernel.org:${RELEASE}`], {
      env: {
        MODPROVE_CACHE: cache,
        MODPROVE_KERNEL_ORG: address,
        MODPROVE_KERNEL_ORG_KEYRING: keyring,
      },
    })
  }
  // First, because a list that was once verified is not requested again.
  for (const [what, [answer, ...said]] of Object.entries(LISTS)) {
    const ended = await fetch(right, mirror.address, answer)
    const list = { mirror, cache, isIt: (path: string) => path === paths.sums }
    await expectFailure(lab, list, ended, what, said)
    lab.check(`${what}: no tarball is asked for`, !mirror.asked.includes(paths.tarball))
    const lists = (await readdir(cache, { recursive: true })).filter(name => name.endsWith('sums'))
    lab.check(`${what}: no list is believed`, lists.length === 0, lists.join(', '))
  }
  // Once it is fetched, the build fails, because the tarball has only one file.
  const isIt = (path: string): boolean => path === paths.tarball
  await failEachWay(lab, { mirror, cache, isIt, whole: made.tarball, fetch } satisfies Download, {
    refused: [0, /http:\/\/127\.0\.0\.1:9\S* could not be downloaded[^]*Failed to connect/],
    'not there': [1, /linux-6\.12\.94\.tar\.xz is not there, though the list of checksums has it/],
    'cut half-way each time': [
      3,
      /linux-6\.12\.94\.tar\.xz could not be downloaded[^]*\(3 tries\)/,
    ],
    'of another content': [
      1,
      /linux-6\.12\.94\.tar\.xz is not what kernel\.org signed, and was removed/,
    ],
  })
}

async function ofArchive(lab: Lab): Promise<void> {
  const cache = join(lab.root, 'cache-archive')
  const whole = await readFile(await archivePackage(lab))
  await using mirror = await LocalMirror.open()
  const isIt = (path: string): boolean => path.endsWith('.deb')
  const fetch = async (answer: Answering, address = mirror.address) => {
    mirror.asked.length = 0
    mirror.answers = (path, nth) => (isIt(path) ? answer({ data: whole }, nth) : undefined)
    await rm(cache, { recursive: true, force: true })
    await indexFrom(address, cache, lab.kernel)
    return lab.run(['build', '--kernel', lab.kernel], {
      env: { MODPROVE_CACHE: cache, MODPROVE_MIRROR: address },
      during: async running => {
        // Stopped once it unpacks what it fetched, because it would build a kernel for minutes.
        const unpacks = running.process(line => line.startsWith('dpkg-deb --fsys-tarfile'))
        await unpacks.then(() => running.kill('SIGINT')).catch(() => undefined)
      },
    })
  }
  await failEachWay(lab, { mirror, cache, isIt, whole, fetch } satisfies Download, {
    refused: [0, /could not be downloaded from http:\/\/127\.0\.0\.1:9[^]*Connection refused/],
    'not there': [1, /http:\S+ has linux-source-\S+ \S+ no more[^]*404 +Not Found/],
    'cut half-way each time': [
      2,
      /could not be downloaded from http:[^]*(?:Connection failed|Undetermined Error|Error reading|closed)/,
    ],
    'of another content': [1, /could not be downloaded from http:[^]*Hash Sum mismatch/],
  })
}
