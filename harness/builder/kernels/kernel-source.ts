import type { ModproveError } from '../../platform/errors.js'
import { withLock } from '../../platform/files/lock.js'
import type { Work } from '../types.js'
import type { KernelRecord } from './built-kernels.js'

/**
 * Where a kernel comes from: a source in Debian's archive, at kernel.org or in a folder of the
 * user, a distribution's packages, or somebody's build.
 */
export interface KernelSource {
  /** `6.12`: decides which options and which tests apply. */
  readonly series: string
  /** `6.12.94` */
  readonly release: string
  /** Identifies its bytes for keys and messages: `linux-source-6.12 6.12.94-1`. */
  readonly id: string
  /** Prefix of its builds' names: `6.12.94-1`. */
  readonly name: string
  /** Where its source is unpacked, while it is kept; empty without one. */
  readonly tree: string
  /** Why it is unavailable; then it cannot be built. */
  readonly unavailable?: ModproveError
  /** Why no machine boots it; modules are built for it all the same. */
  readonly cannotBoot?: ModproveError
  /** The compiler that builds it and its modules; absent: the host's gcc. */
  readonly compiler?: string
  /**
   * Fetches and unpacks the source; by {@link withSource}, which has the lock that it needs.
   * @throws ModproveError those of fetching and unpacking
   */
  open(work: Work): Promise<OpenSource>
  /**
   * Fills the folder of a prebuilt kernel; absent for one that is built here.
   * @param home the folder's later path
   */
  readonly install?: (folder: string, home: string) => Promise<KernelRecord>
}

export interface OpenSource {
  /** The unpacked source. */
  readonly tree: string
  /** Parent of folders for `make O=`. */
  readonly outputs: string
  /** @throws ModproveError `TREE_CHANGED` if the tree no longer matches the source's `id` */
  readonly stillSame: () => Promise<void>
}

/**
 * Works in a kernel's unpacked source; one process at a time, because make keeps all processors
 * busy, and only the source that was used last is kept.
 * @param purpose shown to processes that wait for the lock: `building kernel 6.1.192 plain`
 * @throws ModproveError those of `open`
 */
export const withSource = <T>(
  source: KernelSource,
  purpose: string,
  act: (open: OpenSource) => Promise<T>,
  work: Work,
): Promise<T> =>
  withLock('kernel-build', async () => act(await source.open(work)), {
    signal: work.signal,
    purpose,
    waiting: holder => {
      work.progress.say(
        `Waiting for ${holder}, before ${purpose}: one kernel's source is used at a time`,
      )
    },
  })
