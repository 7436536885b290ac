import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { indexFrom } from '../archive-index.js'
import { archivePackage } from '../archive-package.js'
import type { Fault } from '../fault.js'
import type { Ended, Lab } from '../lab.js'
import { LocalMirror, type Answer } from '../local-mirror.js'
import type { Running } from '../running.js'
import { signedRelease } from '../signed-release.js'

/** Port 9 (discard) on this host, where nothing listens. */
const NOBODY = 'http://127.0.0.1:9'
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

/** A failing download. */
interface Failure {
  readonly what: string
  /** Requested address; default: the mirror's. */
  readonly address?: string
  /** The answer to the nth request. */
  readonly answer: (whole: Answer, nth: number) => Answer | undefined
  readonly said: RegExp
  /** Expected number of requests. */
  readonly times: number
}

const cutShort = (whole: Answer): Answer => ({ ...whole, cut: true })

/** The same length, so that only the hash differs. */
const spoilt = ({ data }: Answer): Answer => {
  const other = Buffer.from(data)
  other.fill(0x5a, 0, 64)
  return { data: other }
}

async function ofKernelOrg(lab: Lab): Promise<void> {
  const files = join(lab.root, 'release')
  const { paths, keyring, ...made } = await signedRelease(files, RELEASE)
  const cache = join(lab.root, 'cache-kernel.org')
  await mkdir(cache)
  await using mirror = await LocalMirror.open()
  const fetch = (
    answer: Failure['answer'],
    address = mirror.address,
    list: Failure['answer'] = whole => whole,
  ): Promise<Ended> => {
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
  const ofLists: readonly Failure[] = [
    {
      what: 'its list of checksums cut half-way each time',
      answer: cutShort,
      said: /sha256sums\.asc could not be downloaded[^]*\(3 tries\)/,
      times: 3,
    },
    {
      what: 'its list of checksums altered after it was signed',
      answer: ({ data }) => ({
        data: Buffer.from(data.toString().replace(/^[0-9a-f]{64}/m, OTHER)),
      }),
      said: /sha256sums\.asc is not signed by a key of .*signer\.gpg[^]*BAD signature/,
      times: 1,
    },
    {
      what: 'its list of checksums without a signature',
      answer: () => ({ data: Buffer.from(`${OTHER}  linux-${RELEASE}.tar.xz\n`) }),
      said: /sha256sums\.asc is not signed by a key of .*signer\.gpg/,
      times: 1,
    },
  ]
  for (const { what, answer, said, times } of ofLists) {
    const ended = await fetch(whole => whole, mirror.address, answer)
    failed(lab, ended, what, said)
    asked(lab, mirror, paths.sums, what, times)
    asked(lab, mirror, paths.tarball, what, 0)
    await nothingKept(lab, cache, what)
    const lists = (await readdir(cache, { recursive: true })).filter(name => name.endsWith('sums'))
    lab.check(`${what}: no list is believed`, lists.length === 0, lists.join(', '))
  }
  const failures: readonly Failure[] = [
    {
      what: 'refused',
      address: NOBODY,
      answer: whole => whole,
      said: /http:\/\/127\.0\.0\.1:9\S* could not be downloaded[^]*Failed to connect/,
      times: 0,
    },
    {
      what: 'not there',
      answer: () => undefined,
      said: /linux-6\.12\.94\.tar\.xz is not there, though the list of checksums has it/,
      times: 1,
    },
    {
      what: 'cut half-way each time',
      answer: cutShort,
      said: /linux-6\.12\.94\.tar\.xz could not be downloaded[^]*\(3 tries\)/,
      times: 3,
    },
    {
      what: 'of another content',
      answer: spoilt,
      said: /linux-6\.12\.94\.tar\.xz is not what kernel\.org signed, and was removed/,
      times: 1,
    },
  ]
  for (const { what, address, answer, said, times } of failures) {
    const ended = await fetch(answer, address)
    failed(lab, ended, what, said)
    asked(lab, mirror, paths.tarball, what, times)
    await nothingKept(lab, cache, what)
  }
  // The build then fails, because the tarball has only one file.
  const ended = await fetch((whole, nth) => (nth === 1 ? cutShort(whole) : whole))
  asked(lab, mirror, paths.tarball, 'cut once', 2)
  const kept = await readFile(join(cache, `sources/linux-${RELEASE}.tar.xz`)).catch(() => undefined)
  lab.check('cut once: it is fetched', kept?.equals(made.tarball) === true, ended.output)
  if (kept !== undefined) lab.tell('cut once: fetched whole at the second try')
}

async function ofArchive(lab: Lab): Promise<void> {
  const cache = join(lab.root, 'cache-archive')
  const whole = { data: await readFile(await archivePackage(lab)) }
  await using mirror = await LocalMirror.open()
  const isPackage = (path: string): boolean => path.endsWith('.deb')
  const fetch = async (
    answer: Failure['answer'],
    address = mirror.address,
    during?: (running: Running) => Promise<void>,
  ): Promise<Ended> => {
    mirror.asked.length = 0
    mirror.answers = (path, nth) => (isPackage(path) ? answer(whole, nth) : undefined)
    await rm(cache, { recursive: true, force: true })
    await indexFrom(address, cache, lab.kernel)
    return lab.run(['build', '--kernel', lab.kernel], {
      env: { MODPROVE_CACHE: cache, MODPROVE_MIRROR: address },
      ...(during === undefined ? {} : { during }),
    })
  }
  const failures: readonly Failure[] = [
    {
      what: 'refused',
      address: NOBODY,
      answer: whole => whole,
      said: /could not be downloaded from http:\/\/127\.0\.0\.1:9[^]*Connection refused/,
      times: 0,
    },
    {
      what: 'not there',
      answer: () => undefined,
      said: /could not be downloaded from http:[^]*404 +Not Found/,
      times: 1,
    },
    {
      what: 'cut half-way each time',
      answer: cutShort,
      said: /could not be downloaded from http:[^]*(?:Connection failed|Undetermined Error|Error reading|closed)/,
      times: 2,
    },
    {
      what: 'of another content',
      answer: spoilt,
      said: /could not be downloaded from http:[^]*Hash Sum mismatch/,
      times: 1,
    },
  ]
  for (const { what, address, answer, said, times } of failures) {
    const ended = await fetch(answer, address)
    failed(lab, ended, what, said)
    const last = mirror.asked.find(isPackage) ?? ''
    asked(lab, mirror, last, what, times)
    await nothingKept(lab, cache, what)
  }
  const ended = await fetch(
    (whole, nth) => (nth === 1 ? cutShort(whole) : whole),
    mirror.address,
    async running => {
      // Stopped here, because it would build a kernel for minutes.
      await running.process(line => line.startsWith('dpkg-deb --fsys-tarfile'))
      running.kill('SIGINT')
    },
  )
  const [name = ''] = await readdir(join(cache, 'sources')).catch(() => [])
  const kept = await readFile(join(cache, 'sources', name)).catch(() => undefined)
  lab.check('cut once: it is fetched', kept?.equals(whole.data) === true, ended.output)
  if (kept !== undefined) lab.tell('cut once: fetched whole at the second try')
}

function failed(lab: Lab, ended: Ended, what: string, said: RegExp): void {
  lab.check(`${what}: exit status 3`, ended.exitCode === 3, `${ended.exitCode}: ${ended.output}`)
  lab.check(`${what}: it is named`, said.test(ended.output), ended.output)
  lab.check(
    `${what}: with what to do`,
    /MODPROVE_|Check the network/.test(ended.output),
    ended.output,
  )
  const line = ended.output.split('\n').find(text => /could not|is not/.test(text)) ?? ''
  lab.tell(`${what}: ${line.trim()}`)
}

function asked(lab: Lab, mirror: LocalMirror, path: string, what: string, times: number): void {
  const seen = mirror.asked.filter(each => each === path).length
  lab.check(`${what}: asked for ${times} times`, seen === times, mirror.asked.join(' '))
}

/** Checks that nothing is left that a later run could mistake for a source, or part of one. */
async function nothingKept(lab: Lab, cache: string, what: string): Promise<void> {
  const names = await readdir(cache, { recursive: true })
  const kept = names.filter(
    name =>
      /\.(?:deb|xz|partial)$|\/partial\/./i.test(name) ||
      /^(?:sources|unpacked|kernels)\/./.test(name),
  )
  lab.check(`${what}: nothing is kept`, kept.length === 0, kept.join(', '))
}
