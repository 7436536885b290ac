import { IO, IOR, IOW, IOWR } from 'modprove'
import { Struct } from './struct.js'

/* module/exporter.h */

export const EXPORTER_GREETING = 'hello world'

export const EXPORTER_IOC_TUTORIAL = 0
export const EXPORTER_IOC_GET_FD = IOR('E', 0, 4)

/* module/importer.h */

export const IMPORTER_BIDIRECTIONAL = 0
export const IMPORTER_TO_DEVICE = 1
export const IMPORTER_FROM_DEVICE = 2

export const importerMap = new Struct({ device: 4, direction: 4 })

export const importerSegment = new Struct({
  device: 4,
  index: 4,
  nents: 4,
  reserved: 4,
  address: 8,
  length: 8,
})

export const importerAccess = new Struct({
  offset: 8,
  length: 8,
  data: 8,
  device: 4,
  reserved: 4,
})

export const IMPORTER_IOC_IMPORT_FD = IO('I', 0)
export const IMPORTER_IOC_IMPORT_KERNEL = IO('I', 1)
export const IMPORTER_IOC_PUT = IO('I', 2)
export const IMPORTER_IOC_ATTACH = IO('I', 3)
export const IMPORTER_IOC_DETACH = IO('I', 4)
export const IMPORTER_IOC_MAP = IOW('I', 5, importerMap.bytes)
export const IMPORTER_IOC_UNMAP = IO('I', 6)
export const IMPORTER_IOC_SEGMENT = IOWR('I', 7, importerSegment.bytes)
export const IMPORTER_IOC_DEVICE_READ = IOW('I', 8, importerAccess.bytes)
export const IMPORTER_IOC_DEVICE_WRITE = IOW('I', 9, importerAccess.bytes)
export const IMPORTER_IOC_VMAP = IOR('I', 10, 8)
export const IMPORTER_IOC_VUNMAP = IO('I', 11)
export const IMPORTER_IOC_VMAP_READ = IOW('I', 12, importerAccess.bytes)
export const IMPORTER_IOC_VMAP_WRITE = IOW('I', 13, importerAccess.bytes)
export const IMPORTER_IOC_BEGIN_CPU_ACCESS = IO('I', 14)
export const IMPORTER_IOC_END_CPU_ACCESS = IO('I', 15)

/* linux/magic.h and linux/dma-buf.h */

export const DMA_BUF_MAGIC = 0x444d4142

export const DMA_BUF_SYNC_START = 0
export const DMA_BUF_SYNC_READ = 1
export const DMA_BUF_SYNC_WRITE = 2
export const DMA_BUF_SYNC_RW = 3
export const DMA_BUF_SYNC_END = 4

export const dmaBufSync = new Struct({ flags: 8 })
export const dmaBufExportSyncFile = new Struct({ flags: 4, fd: 4 })
export const dmaBufImportSyncFile = new Struct({ flags: 4, fd: 4 })

export const DMA_BUF_IOCTL_SYNC = IOW('b', 0, dmaBufSync.bytes)
export const DMA_BUF_SET_NAME = IOW('b', 1, 8)
export const DMA_BUF_IOCTL_EXPORT_SYNC_FILE = IOWR('b', 2, dmaBufExportSyncFile.bytes)
export const DMA_BUF_IOCTL_IMPORT_SYNC_FILE = IOW('b', 3, dmaBufImportSyncFile.bytes)

/* linux/udmabuf.h */

export const UDMABUF_FLAGS_CLOEXEC = 1

export const udmabufCreate = new Struct({ memfd: 4, flags: 4, offset: 8, size: 8 })
/** Followed by `count` items. */
export const udmabufCreateList = new Struct({ flags: 4, count: 4 })
export const udmabufCreateItem = new Struct({ memfd: 4, __pad: 4, offset: 8, size: 8 })

export const UDMABUF_CREATE = IOW('u', 0x42, udmabufCreate.bytes)
export const UDMABUF_CREATE_LIST = IOW('u', 0x43, udmabufCreateList.bytes)

/* linux/dma-heap.h */

export const dmaHeapAllocationData = new Struct({ len: 8, fd: 4, fd_flags: 4, heap_flags: 8 })

export const DMA_HEAP_IOCTL_ALLOC = IOWR('H', 0, dmaHeapAllocationData.bytes)

/* module/samples/samples.h */

export const SAMPLE_FIXED_PAGES = 4

export const sampleReadOnly = new Struct({ npages: 4, fd: 4 })

export const SAMPLE_IOC_SHARED = IOR('S', 0, 4)
export const SAMPLE_IOC_READ_ONLY = IOWR('S', 1, sampleReadOnly.bytes)
export const SAMPLE_IOC_FIXED = IO('S', 2)
