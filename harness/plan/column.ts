import type { ChosenKernel, Flavour, KernelSource } from '../builder/index.js'
import { usageError } from '../platform/errors.js'

/** A column of the matrix: one kernel in one flavour. */
export interface Column {
  /** Unique in a run, and a file name: `6.1.192-plain`. */
  readonly id: string
  /** As requested, and as history names it: `6.1`, a release, `path:/src/linux`. */
  readonly kernel: string
  readonly series: string
  /** From its source: `6.1.192`. */
  readonly release: string
  readonly source: KernelSource
  readonly flavour: Flavour
}

/** How the same kernel is named again: where the word says which, by itself. */
export function wordOf(kernel: string, release: string): string {
  if (kernel.startsWith('distro:')) return kernel.includes('=') ? kernel : `${kernel}=${release}`
  return kernel.includes(':') ? kernel : release
}

/** @throws ModproveError `UNKNOWN_FLAVOUR` if the kernel is not of that flavour */
export function columnOf({ kernel, source }: ChosenKernel, flavour: Flavour): Column {
  const { series, release } = source
  if (!fits(source, flavour)) throw notOf(kernel, flavour.name, source)
  // A release has one source in the archive; a tree or a tarball has its own name.
  const id = `${kernel.includes(':') ? source.name : release}-${flavour.name}`
  return { id, kernel, series, release, source, flavour }
}

/** A column as events name it. */
export const columnRef = ({ kernel, series, release, flavour }: Column) => ({
  kernel,
  series,
  release,
  flavour: flavour.name,
})

/** @throws ModproveError why no machine boots the kernel of a column, if that is known */
export function requireBootable(columns: readonly Column[]): void {
  for (const { source } of columns) if (source.cannotBoot !== undefined) throw source.cannotBoot
}

/** Prebuilt kernels have a flavour of their own, and no other kernel has that. */
export const fits = ({ install }: KernelSource, { kernels }: Flavour): boolean =>
  (install !== undefined) === (kernels === 'prebuilt')

export const notOf = (kernel: string, name: string, { install }: KernelSource) =>
  install === undefined
    ? usageError('UNKNOWN_FLAVOUR', `Kernel ${kernel} is built here, and has no flavour ${name}`, {
        remedy: 'That is for prebuilt kernels: --kernel distro:bookworm',
      })
    : usageError('UNKNOWN_FLAVOUR', `Kernel ${kernel} is prebuilt, and has no flavour ${name}`, {
        remedy: 'Leave --flavour out, or name a kernel that is built here: a series, such as 6.1',
      })
