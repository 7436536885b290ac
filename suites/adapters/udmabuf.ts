import {
  F_ADD_SEALS,
  F_SEAL_SHRINK,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  O_CLOEXEC,
  O_RDWR,
} from 'modprove'
import type { Exporter } from '../contract/adapter.js'
import { Source, type ExportIoctl } from '../contract/source.js'
import { expectations } from '../expectations.js'
import { invariantsOf, sharedMemoryKib } from '../held.js'
import { PAGE } from '../mappings.js'
import {
  UDMABUF_CREATE,
  UDMABUF_CREATE_LIST,
  UDMABUF_FLAGS_CLOEXEC,
  udmabufCreate,
  udmabufCreateItem,
  udmabufCreateList,
} from '../uapi.js'

const CREATE: ExportIoctl = { name: 'UDMABUF_CREATE', command: UDMABUF_CREATE }
const CREATE_LIST: ExportIoctl = { name: 'UDMABUF_CREATE_LIST', command: UDMABUF_CREATE_LIST }
const GREETING = 'written to the memfd'
const VMAP_CALLER = 'vmap_udmabuf'

/**
 * The pages of a memfd as a dma-buf: drivers/dma-buf/udmabuf.c. Each call makes a new buffer; a
 * source has one memfd.
 */
export const udmabuf: Exporter = {
  greeting: GREETING,
  ioctls: [CREATE, CREATE_LIST],
  cloexecIsAsked: true,
  unknownCommand: 'ENOTTY',
  judgesWholeCommand: true,
  // udmabuf_create() exports with O_RDWR, whatever the memfd's mode is.
  modes: [O_RDWR],
  mergesNeighbours: true,
  modeOf: 'memfd',
  oneBufferASource: false,
  sourceHolds: false,
  vmapCaller: VMAP_CALLER,
  of: pages => ({
    pages,
    size: pages * PAGE,
    modules: [],
    open: async user => {
      const size = pages * PAGE
      const memfd = await user.memfdCreate('udmabuf', MFD_CLOEXEC | MFD_ALLOW_SEALING)
      await user.ftruncate(memfd, size)
      await user.fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK)
      await memfd.write(GREETING)
      const device = await user.open('/dev/udmabuf', O_RDWR | O_CLOEXEC)
      const argument = (ioctl: ExportIoctl, cloexec: boolean) => {
        const flags = cloexec ? UDMABUF_FLAGS_CLOEXEC : 0
        if (ioctl !== CREATE_LIST) return udmabufCreate.encode({ memfd: memfd.fd, flags, size })
        // Two items if possible, the first of one page.
        const ends = pages === 1 ? [0, size] : [0, PAGE, size]
        const items = ends.slice(1).map((end, index) => {
          const offset = ends[index] ?? 0
          return udmabufCreateItem.encode({ memfd: memfd.fd, offset, size: end - offset })
        })
        return Buffer.concat([udmabufCreateList.encode({ flags, count: items.length }), ...items])
      }
      return new Source(udmabuf, { device, argument, close: () => memfd.close() })
    },
  }),
  policies: kernel => ({
    exporterName: 'udmabuf',
    // mmap_udmabuf() refuses private mappings.
    privatePage: 'refused',
    // vmap_udmabuf() calls vm_map_ram().
    vmapIsListed: false,
    leaksUnansweredDescriptor: false,
    ...expectations(kernel).udmabuf,
  }),
  invariants: [
    ...invariantsOf(VMAP_CALLER),
    { name: 'memory of memfds in KiB', read: sharedMemoryKib },
  ],
}
