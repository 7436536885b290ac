/** PROT_, MAP_, MREMAP_, MADV_ and MFD_ (mman.h), as x86-64 has them. */

export const PROT_NONE = 0
export const PROT_READ = 1
export const PROT_WRITE = 2
export const PROT_EXEC = 4

export const MAP_SHARED = 1
export const MAP_PRIVATE = 2
export const MAP_SHARED_VALIDATE = 3
export const MAP_FIXED = 0x10
export const MAP_FIXED_NOREPLACE = 0x100000
export const MAP_ANONYMOUS = 0x20
export const MAP_32BIT = 0x40
export const MAP_POPULATE = 0x8000
export const MAP_NORESERVE = 0x4000
export const MAP_LOCKED = 0x2000
export const MAP_STACK = 0x20000

export const MREMAP_MAYMOVE = 1
export const MREMAP_FIXED = 2
export const MREMAP_DONTUNMAP = 4

export const MADV_NORMAL = 0
export const MADV_RANDOM = 1
export const MADV_SEQUENTIAL = 2
export const MADV_WILLNEED = 3
export const MADV_DONTNEED = 4
export const MADV_FREE = 8
export const MADV_REMOVE = 9
export const MADV_DONTFORK = 10
export const MADV_DOFORK = 11
export const MADV_HUGEPAGE = 14
export const MADV_NOHUGEPAGE = 15
export const MADV_COLD = 20
export const MADV_PAGEOUT = 21
export const MADV_POPULATE_READ = 22
export const MADV_POPULATE_WRITE = 23

export const MS_ASYNC = 1
export const MS_INVALIDATE = 2
export const MS_SYNC = 4

export const MFD_CLOEXEC = 1
export const MFD_ALLOW_SEALING = 2
export const MFD_HUGETLB = 4
