import { O_CLOEXEC, O_RDONLY, O_RDWR, O_WRONLY } from 'modprove'
import type { Exporter } from '../contract/adapter.js'
import { Source } from '../contract/source.js'
import { expectations } from '../expectations.js'
import { invariantsOf } from '../held.js'
import { PAGE } from '../mappings.js'
import { DMA_HEAP_IOCTL_ALLOC, dmaHeapAllocationData } from '../uapi.js'

/** system_heap_do_vmap(); dma_heap_dma_buf_vmap() on 5.10. */
const VMAP_CALLER = 'heap_'

/** Zeroed pages of the page allocator: drivers/dma-buf/dma-heap.c and heaps/system_heap.c. */
export const systemHeap: Exporter = {
  greeting: '',
  ioctls: [{ name: 'DMA_HEAP_IOCTL_ALLOC', command: DMA_HEAP_IOCTL_ALLOC }],
  fdIn: argument => Number(dmaHeapAllocationData.decode(argument, 'fd')),
  cloexecIsAsked: true,
  // dma_heap_ioctl() checks only a command's number.
  unknownCommand: 'EINVAL',
  judgesWholeCommand: false,
  modes: [O_RDONLY, O_WRONLY, O_RDWR],
  mergesNeighbours: true,
  modeOf: 'request',
  oneBufferASource: false,
  sourceHolds: false,
  vmapCaller: VMAP_CALLER,
  of: pages => ({
    pages,
    size: pages * PAGE,
    modules: [],
    open: async (user, mode = O_RDWR) => {
      const device = await user.open('/dev/dma_heap/system', O_RDONLY | O_CLOEXEC)
      return new Source(systemHeap, {
        device,
        argument: (_, cloexec) =>
          dmaHeapAllocationData.encode({
            len: pages * PAGE,
            fd_flags: mode | (cloexec ? O_CLOEXEC : 0),
          }),
      })
    },
  }),
  policies: kernel => ({
    sourceMayGo: true,
    keepsDmaMapping: false,
    leaksWithoutDescriptor: false,
    vmap: undefined,
    vmapIsListed: true,
    ...expectations(kernel).systemHeap,
  }),
  invariants: invariantsOf(VMAP_CALLER),
}
