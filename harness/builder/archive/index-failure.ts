import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError, type ModproveError } from '../../platform/errors.js'
import type { script } from '../../platform/process/script.js'
import type { ArchiveSite } from './site.js'

/** Part of Debian's package apt, on Ubuntu too: downloads through apt's proxies. */
const APT_HELPER = '/usr/lib/apt/apt-helper'

/**
 * Why an index update failed: no answer, no such suite, or an index that cannot be trusted. apt's
 * messages differ between versions, so the signed file is fetched and checked again.
 */
export type IndexFailure = 'unreachable' | 'absent' | ModproveError

interface AskedSuite {
  readonly suite: string
  readonly host: string
  readonly site: ArchiveSite
  readonly folder: string
  /** Runs apt with this suite's configuration. */
  readonly $: ReturnType<typeof script>
}

/** @param apt apt's complaints */
export async function indexFailure(
  { suite, host, site, folder, $ }: AskedSuite,
  apt: string,
): Promise<IndexFailure> {
  const work = join(folder, 'looked-at')
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { mode: 0o700 })
  try {
    const file = join(work, 'InRelease')
    const address = `${site.root(suite, host)}/dists/${suite}/InRelease`
    const fetched = await $`${APT_HELPER} download-file ${address} ${file} 2>&1`.nothrow()
    if (fetched.exitCode !== 0) {
      return /\b(404|410) /.test(fetched.stdout) ? 'absent' : 'unreachable'
    }
    const keys = site.keyring
    const { stdout } =
      await $`gpgv --homedir ${work} --keyring ${keys} --status-fd 1 ${file} 2>&1`.nothrow()
    const reason = signatureFault(stdout, site) ??
      ageFault(await readFile(file, 'utf8'), new Date(), site) ?? {
        code: 'ARCHIVE_REFUSED',
        what: 'what it serves does not belong together, or not to apt’s rules',
        remedy: `It may be in the middle of an update: try again in some minutes, or ${site.elsewhere}`,
      }
    return harnessError(reason.code, `${host} cannot be believed of ${suite}: ${reason.what}`, {
      detail: apt,
      remedy: reason.remedy,
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

interface IndexFault {
  readonly code: string
  readonly what: string
  readonly remedy: string
}

const newerKeys = (site: ArchiveSite): string => `Get newer keys: ${site.newerKeys}`
const otherMirror = ({ elsewhere }: ArchiveSite): string =>
  `Somebody changes what is sent, or a proxy answers in the mirror’s place: ${elsewhere}`

/**
 * Finds what is wrong with a signature. One good one is enough: Debian signs with the keys of two
 * releases.
 * @param status gpgv's, see GnuPG's doc/DETAILS
 */
function signatureFault(status: string, site: ArchiveSite): IndexFault | undefined {
  const of = (...words: string[]): string | undefined =>
    new RegExp(`^\\[GNUPG:\\] (?:${words.join('|')}) (.*)$`, 'm').exec(status)?.[1]
  const bad = (what: string, remedy: string): IndexFault => ({
    code: 'SIGNATURE_BAD',
    what,
    remedy,
  })
  const altered = of('BADSIG')
  if (altered !== undefined) {
    return bad(
      `the signature of ${altered} does not hold, its index was changed`,
      otherMirror(site),
    )
  }
  if (of('GOODSIG') !== undefined) return undefined
  const expired = of('EXPKEYSIG')
  if (expired !== undefined) return bad(`its key has expired: ${expired}`, newerKeys(site))
  const revoked = of('REVKEYSIG')
  if (revoked !== undefined) return bad(`its key was revoked: ${revoked}`, newerKeys(site))
  const old = of('EXPSIG')
  if (old !== undefined) return bad(`its signature has expired: ${old}`, otherMirror(site))
  const unknown = of('NO_PUBKEY')
  if (unknown !== undefined)
    return bad(`${site.keyring} has no key ${unknown}, which signed it`, newerKeys(site))
  return bad('its index is not signed', otherMirror(site))
}

/** Checks whether a Release file is expired or from the future; its times are signed. */
function ageFault(release: string, now: Date, { elsewhere }: ArchiveSite): IndexFault | undefined {
  const timeOf = (field: string): string | undefined =>
    new RegExp(`^${field}: (.*)$`, 'm').exec(release)?.[1]?.trim()
  const [date, until] = [timeOf('Date'), timeOf('Valid-Until')]
  const clock = `If this host's clock is right (${now.toUTCString()}), ${elsewhere}; of a snapshot, which is meant to be old, MODPROVE_MIRROR_SNAPSHOT=1 takes any age`
  if (until !== undefined && Date.parse(until) < now.getTime()) {
    const what = `its index was good until ${until}: the mirror is out of date`
    return { code: 'INDEX_EXPIRED', what, remedy: clock }
  }
  if (date !== undefined && Date.parse(date) > now.getTime()) {
    return {
      code: 'INDEX_EXPIRED',
      what: `its index is of ${date}, which is to come`,
      remedy: clock,
    }
  }
  return undefined
}
