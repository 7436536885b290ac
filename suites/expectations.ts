import type { GuestKernel, Needs } from 'modprove'
import type { Policies } from './contract/adapter.js'

/**
 * Import and export of sync files: dma_buf_ioctl() of 6.1 has both commands, of 5.10 neither. Tests
 * make their fences by sw_sync.
 */
export const syncFiles: Needs = { since: '6.1', kconfig: ['CONFIG_SW_SYNC'] }
export const noSyncFiles: Needs = { until: '5.10' }

/** In drivers/dma-buf/Kconfig of 6.1 and 6.12, not of 5.10, 7.2 and 7.3. */
export const sysfsStatistics: Needs = { kconfig: ['CONFIG_DMABUF_SYSFS_STATS'] }

/** Devices use the pages themselves; with swiotlb=force they use bounce buffers. */
export const devicesUseThePages: Needs = {
  flavours: ['plain', 'debug', 'race', 'poison', 'distro'],
}

/** Many repetitions are affordable: KASAN and lockdep make the work tens of times slower. */
export const quick: Needs = { flavours: ['plain', 'race', 'bounce', 'poison', 'distro'] }
export const thorough: Needs = { flavours: ['debug'] }

/** What the contract leaves to the kernel's version. */
export interface Expectations {
  /** The errno of pread on a dma-buf: its file has no FMODE_PREAD. */
  readonly pread: string
  readonly pwrite: string
  /** The errno of mprotect(PROT_EXEC) on a mapping; undefined if allowed. */
  readonly protExec: string | undefined
  /** Whether fdinfo has the inode number. */
  readonly fdinfoHasInode: boolean
  /** Differences of drivers/dma-buf/udmabuf.c. */
  readonly udmabuf: Pick<
    Policies,
    'maps' | 'vmFlags' | 'sourceMayGo' | 'keepsDmaMapping' | 'vmap' | 'leaksWithoutDescriptor'
  >
  /** Differences of drivers/dma-buf/heaps. */
  readonly systemHeap: Pick<
    Policies,
    'exporterName' | 'maps' | 'vmFlags' | 'privatePage' | 'leaksUnansweredDescriptor'
  >
  /** The errno of vmap without support by the exporter. */
  readonly noVmap: string
  /** The errno of a rename while a device is attached; undefined if allowed. */
  readonly renameWhileAttached: string | undefined
  /** Whether MREMAP_DONTUNMAP works on a shared mapping. */
  readonly dontunmapShared: boolean
}

/** All differences between kernels, with their reasons. */
export function expectations({ series }: GuestKernel): Expectations {
  // dma_buf_vmap() of 5.10 returns NULL, which the importer reports as ENOMEM.
  const noVmap = isBefore(series, '5.11') ? 'ENOMEM' : 'EINVAL'
  return {
    noVmap,
    // alloc_file() sets neither FMODE_PREAD nor FMODE_PWRITE; only do_dentry_open() does.
    pread: 'ESPIPE',
    pwrite: 'ESPIPE',
    // In 7.2, not in 6.12, init_pseudo() sets noexec (fs/libfs.c); do_mmap() clears VM_MAYEXEC.
    protExec: isBefore(series, '7.2') ? undefined : 'EACCES',
    // fs/proc/fd.c prints `ino` in Ubuntu's 5.15, not in 5.10.
    fdinfoHasInode: !isBefore(series, '5.15'),
    udmabuf: {
      // 6.1 maps struct pages; Ubuntu's 6.8, and 6.12, frames: VM_PFNMAP, _DONTEXPAND, _DONTDUMP.
      ...(isBefore(series, '6.8')
        ? { maps: 'pages', vmFlags: [] }
        : { maps: 'frames', vmFlags: ['pf', 'de', 'dd'] }),
      // Kernel bug: the memfd ends with pages mapped; filemap_unaccount_folio() reports or BUGs.
      sourceMayGo: !isBefore(series, '6.12'),
      // udmabuf_ops sets cache_sgt_mapping, which dma-buf.c supported up to 6.15.
      keepsDmaMapping: isBefore(series, '7.2'),
      // udmabuf_ops has vmap in 6.8, not in 6.1.
      vmap: isBefore(series, '6.8') ? noVmap : undefined,
      // udmabuf_create() of 5.10 does not put the buffer when dma_buf_fd() fails.
      leaksWithoutDescriptor: isBefore(series, '6.1'),
    },
    systemHeap: {
      // 5.10 has DEFINE_DMA_BUF_EXPORT_INFO() in heap-helpers.c.
      exporterName: isBefore(series, '5.15') ? 'heap_helpers' : 'system',
      // dma_heap_ioctl() of 5.10 installs the descriptor before copying the answer.
      leaksUnansweredDescriptor: isBefore(series, '6.1'),
      // heap-helpers.c of 5.10 maps struct pages, only shared; system_heap_mmap(), page frames.
      ...(isBefore(series, '5.15')
        ? { maps: 'pages', vmFlags: [], privatePage: 'refused' }
        : { maps: 'frames', vmFlags: ['io', 'pf', 'de', 'dd'], privatePage: 'copied' }),
    },
    // dma_buf_set_name() checks for attachments in 5.10, not in 6.1.
    renameWhileAttached: isBefore(series, '6.1') ? 'EBUSY' : undefined,
    // vma_to_resize() of 5.10 requires a private mapping for MREMAP_DONTUNMAP (mm/mremap.c).
    dontunmapShared: !isBefore(series, '5.15'),
  }
}

function isBefore(series: string, other: string): boolean {
  const [major = 0, minor = 0] = series.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
