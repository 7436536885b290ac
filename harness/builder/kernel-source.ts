import type { ModproveError } from '../platform/errors.js'
import type { Work } from './types.js'

/** Where a kernel comes from: a package of the archive, a tarball of kernel.org, a folder of the user's. */
export interface KernelSource {
  /** `6.12`: decides which options and which tests apply. */
  readonly series: string
  /** `6.12.94` */
  readonly release: string
  /** Names the bytes it is built from, for keys and for people: `linux-source-6.12 6.12.94-1`. */
  readonly id: string
  /** Begins the names of its builds: `6.12.94-1`. */
  readonly name: string
  /** Where its source is unpacked, as long as it is. */
  readonly tree: string
  /** Why nobody has it now; it cannot be built then. */
  readonly unavailable?: ModproveError
  /**
   * Makes the source ready to be built. The caller holds the lock under which kernels are built, until it
   * has called `stillSame`.
   * @throws ModproveError what fetching and unpacking throw
   */
  open(work: Work): Promise<OpenSource>
}

export interface OpenSource {
  /** The unpacked source. */
  readonly tree: string
  /** Where folders for `make O=` are made. */
  readonly outputs: string
  /** @throws ModproveError `TREE_CHANGED` when the tree is no more what the source's `id` names */
  stillSame(): Promise<void>
}
