import { keyring, mirror } from './apt-config.js'
import type { OwnArchive } from '../kernels/catalogue.js'

/** Where suites come from: Debian's archive, or another one of its kind. */
export interface ArchiveSite {
  /** `debian`, or as `images/kernels.json` names it. */
  readonly name: string
  /** Base addresses without a trailing slash: each has what the one before it has dropped. */
  readonly hosts: readonly [string, ...string[]]
  /** The file of the keys that sign it. */
  readonly keyring: string
  /** How newer keys are had. */
  readonly newerKeys: string
  /** How another host is named. */
  readonly elsewhere: string
  /** The address of `dists` and `pool`. */
  readonly root: (suite: string, host: string) => string
}

/** Debian's archive. @param old the host of what the mirrors have dropped */
export const debianSite = (old?: string): ArchiveSite => ({
  name: 'debian',
  hosts: old === undefined ? [mirror()] : [mirror(), old],
  keyring: keyring(),
  newerKeys:
    'sudo apt-get update && sudo apt-get install debian-archive-keyring. A mirror that signs itself: name its keys in MODPROVE_MIRROR_KEYRING',
  elsewhere: 'name another mirror in MODPROVE_MIRROR',
  root: (suite, host) => `${host}/${suite.endsWith('-security') ? 'debian-security' : 'debian'}`,
})

/** An archive of its own. @param keyring the file of its keys, on this host */
export const ownSite = (
  { name, address, old, keys }: OwnArchive & { readonly name: string },
  keyring: string,
): ArchiveSite => ({
  name,
  hosts: old === undefined ? [address] : [address, old],
  keyring,
  newerKeys: `modprove clean, then again: ${keys.package} of Debian's ${keys.suite} has them, as "archives" of images/kernels.json says`,
  elsewhere: 'correct "archives" of images/kernels.json',
  root: (_, host) => host,
})
