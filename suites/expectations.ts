import type { GuestKernel, Needs } from 'modprove'
import type { Policies } from './contract/adapter.js'

/** Fences go in and out of a dma-buf as sync files: dma_buf_ioctl() of 6.1 knows both commands, that of 5.10 neither. */
export const syncFiles: Needs = { since: '6.1' }
export const noSyncFiles: Needs = { until: '5.10' }

/** CONFIG_DMABUF_SYSFS_STATS: drivers/dma-buf/Kconfig of 6.1 and 6.12 has it, that of 5.10, 7.2 and 7.3 has not. */
export const sysfsStatistics: Needs = { since: '5.14', until: '6.18' }

/** Devices use the pages themselves: with swiotlb=force a bounce buffer lies between. */
export const devicesUseThePages: Needs = { flavours: ['plain', 'debug', 'race', 'poison'] }

/** How often something is repeated depends on what checks it: KASAN and lockdep cost tens of times the work itself. */
export const quick: Needs = { flavours: ['plain', 'race', 'bounce', 'poison'] }
export const thorough: Needs = { flavours: ['debug'] }

/** What the contract leaves to the kernel's version. */
export interface Expectations {
  /** Error of pread on a dma-buf: its file has no FMODE_PREAD. */
  readonly pread: string
  readonly pwrite: string
  /** Error of mprotect(PROT_EXEC) on a mapping; undefined where it is allowed. */
  readonly protExec: string | undefined
  /** Whether fdinfo tells the inode. */
  readonly fdinfoHasInode: boolean
  /** What differs of drivers/dma-buf/udmabuf.c. */
  readonly udmabuf: Pick<
    Policies,
    'maps' | 'vmFlags' | 'sourceMayGo' | 'keepsDmaMapping' | 'vmap' | 'leaksWithoutDescriptor'
  >
  /** What differs of drivers/dma-buf/heaps. */
  readonly systemHeap: Pick<
    Policies,
    'exporterName' | 'maps' | 'vmFlags' | 'privatePage' | 'leaksUnansweredDescriptor'
  >
  /** Error of a vmap of an exporter that has none. */
  readonly noVmap: string
  /** Error of a rename while a device is attached; undefined where it is allowed. */
  readonly renameWhileAttached: string | undefined
  /** Whether a shared mapping can be moved and left behind. */
  readonly dontunmapShared: boolean
}

/** Where kernels differ, and why. Everything else is the same on every kernel. */
export function expectations({ series }: GuestKernel): Expectations {
  // dma_buf_vmap(). That of 5.10 says NULL, which the importer takes for want of memory.
  const noVmap = isBefore(series, '6.1') ? 'ENOMEM' : 'EINVAL'
  return {
    noVmap,
    // alloc_file() sets neither FMODE_PREAD nor FMODE_PWRITE: only do_dentry_open() does.
    pread: 'ESPIPE',
    pwrite: 'ESPIPE',
    // init_pseudo() makes every pseudo file system noexec in 7.2, and did not in 6.12 (fs/libfs.c); do_mmap() then
    // takes VM_MAYEXEC from the mapping.
    protExec: isBefore(series, '7.2') ? undefined : 'EACCES',
    // fs/proc/fd.c of 6.1 prints `ino`, that of 5.10 does not.
    fdinfoHasInode: !isBefore(series, '6.1'),
    udmabuf: {
      // udmabuf_vm_fault() hands out struct pages in 6.1; that of 6.12 puts in page frames, and
      // mmap_udmabuf() there sets VM_PFNMAP, VM_DONTEXPAND and VM_DONTDUMP, yet not VM_IO.
      ...(isBefore(series, '6.12')
        ? { maps: 'pages', vmFlags: [] }
        : { maps: 'frames', vmFlags: ['pf', 'de', 'dd'] }),
      // A bug of the kernel: the memfd does not know of such a mapping of its pages, and when it goes while one is
      // there, filemap_unaccount_folio() (mm/filemap.c) reports a bad page cache, or stops with DEBUG_VM.
      sourceMayGo: !isBefore(series, '6.12'),
      // udmabuf_ops asks for cache_sgt_mapping, which dma-buf.c knew until 6.15.
      keepsDmaMapping: isBefore(series, '7.2'),
      // udmabuf_ops of 6.1 has no vmap, that of 6.12 has.
      vmap: isBefore(series, '6.12') ? noVmap : undefined,
      // udmabuf_create() of 5.10 does not put the buffer when dma_buf_fd() fails.
      leaksWithoutDescriptor: isBefore(series, '6.1'),
    },
    systemHeap: {
      // DEFINE_DMA_BUF_EXPORT_INFO() stands in heap-helpers.c of 5.10.
      exporterName: isBefore(series, '6.1') ? 'heap_helpers' : 'system',
      // dma_heap_ioctl() of 5.10 installs the descriptor before the answer is written.
      leaksUnansweredDescriptor: isBefore(series, '6.1'),
      // heap-helpers.c of 5.10 hands out struct pages, and only to shared mappings. system_heap_mmap() calls
      // remap_pfn_range() for each page; of a private, writable mapping that takes the whole or nothing.
      ...(isBefore(series, '6.1')
        ? { maps: 'pages', vmFlags: [], privatePage: 'refused' }
        : { maps: 'frames', vmFlags: ['io', 'pf', 'de', 'dd'], privatePage: 'copied' }),
    },
    // dma_buf_set_name() of 5.10 looks whether the list of attachments is empty, that of 6.1 does not.
    renameWhileAttached: isBefore(series, '6.1') ? 'EBUSY' : undefined,
    // vma_to_resize() of 5.10 wants a private mapping for MREMAP_DONTUNMAP (mm/mremap.c).
    dontunmapShared: !isBefore(series, '6.1'),
  }
}

function isBefore(series: string, other: string): boolean {
  const [major = 0, minor = 0] = series.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
