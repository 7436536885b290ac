import type { GuestKernel } from '../harness/suite.js'

/** What the contract leaves to the kernel's version. */
export interface Expectations {
  /** Error of pread on a dma-buf: its file has no FMODE_PREAD. */
  readonly pread: string
  readonly pwrite: string
  /** Error of mprotect(PROT_EXEC) on a mapping; undefined where it is allowed. */
  readonly protExec: string | undefined
  /** Whether fdinfo tells the inode. */
  readonly fdinfoHasInode: boolean
}

/** Where kernels differ, and why. Everything else is the same on every kernel. */
export function expectations({ series }: GuestKernel): Expectations {
  return {
    // alloc_file() sets neither FMODE_PREAD nor FMODE_PWRITE: only do_dentry_open() does.
    pread: 'ESPIPE',
    pwrite: 'ESPIPE',
    // init_pseudo() makes every pseudo file system noexec in 7.2, and did not in 6.12 (fs/libfs.c).
    protExec: isBefore(series, '7.2') ? undefined : 'EPERM',
    // fs/proc/fd.c of 6.1 prints `ino`, that of 5.10 does not.
    fdinfoHasInode: !isBefore(series, '6.1'),
  }
}

function isBefore(series: string, other: string): boolean {
  const [major = 0, minor = 0] = series.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
