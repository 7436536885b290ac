import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { privateFolder } from '../../platform/files/private-folder.js'
import { script } from '../../platform/process/script.js'

/** A release like kernel.org's: a tarball, and a signed list of checksums with it. */
export interface SignedRelease {
  /** Paths on the site. */
  readonly paths: { readonly tarball: string; readonly sums: string }
  readonly tarball: Buffer
  readonly sums: Buffer
  /** A file of binary OpenPGP keys. */
  readonly keyring: string
}

/**
 * Makes a release that can be downloaded and unpacked, but not built: it has one file.
 * @param folder for tree and keyring
 */
export async function signedRelease(folder: string, release: string): Promise<SignedRelease> {
  await mkdir(join(folder, `linux-${release}`), { recursive: true })
  await writeFile(join(folder, `linux-${release}/Makefile`), 'all:\n\t@false\n')
  const name = `linux-${release}.tar.xz`
  const $ = script({ cwd: folder })
  await $`tar -cJf ${name} linux-${release}`
  const tarball = await readFile(join(folder, name))
  const sum = createHash('sha256').update(tarball).digest('hex')
  // gpg-agent's socket must fit into sun_path.
  await using home = await privateFolder({ TMPDIR: '/tmp' })
  const gpg = (...args: string[]) =>
    $`gpg --homedir ${home.path} --batch --yes --passphrase '' ${args}`
  try {
    await gpg('--quick-generate-key', 'signer@localhost', 'ed25519', 'sign')
    await gpg('--export', '--output', 'signer.gpg', 'signer@localhost')
    await writeFile(join(folder, 'sums'), `${sum}  ${name}\n`)
    await gpg('--clearsign', '--output', 'sums.asc', 'sums')
  } finally {
    await $`gpgconf --homedir ${home.path} --kill all`.nothrow()
  }
  const site = `/pub/linux/kernel/v${release.split('.', 1)[0]}.x`
  return {
    paths: { tarball: `${site}/${name}`, sums: `${site}/sha256sums.asc` },
    tarball,
    sums: await readFile(join(folder, 'sums.asc')),
    keyring: join(folder, 'signer.gpg'),
  }
}
