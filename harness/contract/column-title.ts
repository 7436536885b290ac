import type { JobRef } from './events.js'

/** Prebuilt kernels have no other. */
const ONLY_FLAVOUR = 'distro'

/**
 * A kernel as people name it, with its release: `6.1.192`, `trixie/cloud 6.12.118`,
 * `built:/src/linux 6.1.192`. No two kernels of a run have the same.
 * @param ref without a release, of all runs: `6.1`, `trixie/cloud`
 */
export function kernelTitle({
  kernel,
  release = '',
}: Pick<JobRef, 'kernel'> & Partial<Pick<JobRef, 'release'>>): string {
  const [, scheme, rest = ''] = /^(distro|kernel\.org|path|built):(.*)$/.exec(kernel) ?? []
  if (scheme === undefined) return release || kernel
  if (scheme === 'kernel.org') return `${scheme} ${rest}`
  if (scheme !== 'distro') return `${kernel} ${release}`.trimEnd()
  const [name = '', version = release] = rest.split('=')
  return `${name} ${version}`.trimEnd()
}

/** A column as reports name it: `6.1.192 plain`, `trixie/cloud 6.12.118`. */
export const columnTitle = (ref: Parameters<typeof kernelTitle>[0] & Pick<JobRef, 'flavour'>) =>
  ref.flavour === ONLY_FLAVOUR ? kernelTitle(ref) : `${kernelTitle(ref)} ${ref.flavour}`
