import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { harnessError, usageError } from '../../platform/errors.js'
import { cacheFolder } from '../../platform/files/cache-folder.js'
import { privateFolder } from '../../platform/files/private-folder.js'
import { withLock } from '../../platform/files/lock.js'
import { writeAtomically } from '../../platform/files/write-atomically.js'
import { during } from '../../platform/terminal/progress.js'
import { download } from './download.js'
import { contentKey } from '../hash.js'
import { parseSums, verifiedText, type Signer } from './signed-sums.js'
import type { Work } from '../types.js'
import { compareVersions, seriesOf } from '../../platform/text/version.js'

/** Where tarballs are downloaded, and whose signature is trusted. */
export interface KernelOrg {
  readonly base: string
  /** The user's own keys; without them, the key at `keyAddress` if it has `fingerprint`. */
  readonly keyring?: string
  readonly keyAddress: string
  readonly fingerprint: string
}

/**
 * kernel.org's "checksum autosigner" signs each folder's checksums. Its key's address is that of a
 * Web Key Directory, direct method (draft-koch-openpgp-webkey-service): z-base-32 of SHA-1 of
 * "autosigner".
 */
export const kernelOrg = (env: NodeJS.ProcessEnv = process.env): KernelOrg => ({
  base: (env['MODPROVE_KERNEL_ORG'] || 'https://cdn.kernel.org').replace(/\/+$/, ''),
  ...(env['MODPROVE_KERNEL_ORG_KEYRING'] ? { keyring: env['MODPROVE_KERNEL_ORG_KEYRING'] } : {}),
  keyAddress:
    'https://kernel.org/.well-known/openpgpkey/hu/ew8uiogxwri7d3fuioqgt7u1d5sngorx?l=autosigner',
  fingerprint: 'B8868C80BA62A1FFFAF5FDA9632D3A06589DA6B1',
})

const folderOf = (release: string): string => `v${release.split('.', 1)[0]}.x`
export const addressOf = ({ base }: KernelOrg, release: string, file: string): string =>
  `${base}/pub/linux/kernel/${folderOf(release)}/${file}`

/**
 * The hash of a release's tarball: from cached checksums if they list the release, because
 * published releases do not change.
 */
export async function sumOf(release: string, site: KernelOrg, work: Work): Promise<string> {
  const { base, keyring = '', fingerprint } = site
  const folder = join(cacheFolder(), 'kernel.org', contentKey({ base, keyring, fingerprint }))
  const kept = join(folder, `${folderOf(release)}.sha256sums`)
  const tarball = `linux-${release}.tar.xz`
  const read = async () => parseSums(await readFile(kept, 'utf8').catch(() => ''))
  const known = (await read()).get(tarball)
  if (known !== undefined) return known
  await withLock(
    'kernel.org',
    async () => {
      const text = await during(work.progress, `asking ${base} for its checksums`, 2, () =>
        fetchSums(release, site, work.signal),
      )
      await mkdir(folder, { recursive: true })
      await writeAtomically(kept, text)
    },
    { signal: work.signal, purpose: 'reading the checksums of kernel.org' },
  )
  const sums = await read()
  const sum = sums.get(tarball)
  if (sum !== undefined) return sum
  const series = seriesOf(release)
  const others = [...sums.keys()]
    .map(name => /^linux-(\d[\d.]*)\.tar\.xz$/.exec(name)?.[1] ?? '')
    .filter(other => seriesOf(other) === series)
    .sort((a, b) => compareVersions(b, a))
  throw usageError('RELEASE_NOT_FOUND', `${base} has no kernel ${release}`, {
    remedy:
      others.length === 0
        ? `It has none of series ${series}`
        : `Choose one it has, the newest being ${others.slice(0, 8).join(', ')}`,
  })
}

async function fetchSums(release: string, site: KernelOrg, signal: AbortSignal): Promise<string> {
  await using folder = await privateFolder()
  const list = join(folder.path, 'sha256sums.asc')
  const from = addressOf(site, release, 'sha256sums.asc')
  if (!(await download(from, list, signal))) {
    throw usageError('RELEASE_NOT_FOUND', `${site.base} has no kernels ${folderOf(release)}`, {
      remedy: `Choose a release of which there is a tarball, or correct MODPROVE_KERNEL_ORG`,
    })
  }
  const signer = await signerOf(site, folder.path, signal)
  return await verifiedText(list, from, signer, folder.path, signal)
}

async function signerOf(site: KernelOrg, folder: string, signal: AbortSignal): Promise<Signer> {
  if (site.keyring !== undefined) {
    await requireBinary(site.keyring)
    return { keyring: site.keyring }
  }
  const keyring = join(folder, 'autosigner.gpg')
  if (!(await download(site.keyAddress, keyring, signal))) {
    throw harnessError('DOWNLOAD_FAILED', `kernel.org’s key is not at ${site.keyAddress}`, {
      remedy: 'Name a keyring that holds it in MODPROVE_KERNEL_ORG_KEYRING',
    })
  }
  return { keyring, fingerprint: site.fingerprint }
}

/** gpgv(1) does not read armoured keys. */
async function requireBinary(keyring: string): Promise<void> {
  const refuse = (why: string, remedy: string, cause?: unknown) =>
    usageError('BAD_KEYRING', `MODPROVE_KERNEL_ORG_KEYRING names ${keyring}, which ${why}`, {
      remedy,
      cause,
    })
  const file = await open(keyring).catch((cause: unknown) => {
    throw refuse('cannot be read', 'Name a file of OpenPGP keys', cause)
  })
  try {
    const { buffer } = await file.read(Buffer.alloc(5), 0, 5, 0)
    if (buffer.toString('latin1') !== '-----') return
  } finally {
    await file.close()
  }
  throw refuse('is armoured', `gpg --dearmor < ${keyring} > keys.gpg`)
}
