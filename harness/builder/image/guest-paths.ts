/** Debian's packages are made for a merged /usr, and older ones are not. */
const MERGED = /^(usr\/)?(s?bin|lib|lib64|lib32)(?=\/|$)/

/**
 * Where a path is in the guest, which has all programs in `/bin` and all libraries in `/lib`:
 * `usr/sbin/dmsetup` → `bin/dmsetup`. @param path without a leading slash
 */
export const guestPath = (path: string): string =>
  path.replace(MERGED, (_, _usr, folder: string) => (folder === 'sbin' ? 'bin' : folder))

/**
 * Links by which the other names work. No `/sbin`: the kernel would start `/sbin/modprobe` for all
 * that it looks for in vain.
 */
export const MERGED_LINKS: Readonly<Record<string, string>> = {
  'usr/bin': '../bin',
  'usr/sbin': '../bin',
  'usr/lib': '../lib',
  'usr/lib64': '../lib64',
}

const MODPROVE = '/lib/modprove'

/** Where the suites' programs are in the guest. */
export const PROGRAMS = `${MODPROVE}/bin`

/** The path of one of the project's modules in the guest. @param name as the kernel names it */
export const modulePath = (name: string): string => `${MODPROVE}/${name}.ko`

/** Lists the paths of the modules that init loads. */
export const AT_BOOT = `${MODPROVE}/at-boot`

/** The path of one of the kernel's own modules in the guest. */
export const kernelModulePath = (name: string): string => `${MODPROVE}/kernel/${name}.ko`
