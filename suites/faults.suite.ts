import {
  EPOLL_CTL_ADD,
  EPOLLIN,
  EPOLLOUT,
  freePages,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
  suite,
  sweep,
  type Descriptor,
  type FaultScenario,
  type Process,
  type Test,
  type TestGuest,
} from 'modprove'
import {
  exporterOfPages,
  getFd,
  importer,
  invariants,
  newBuffer,
  openDevice,
  PAGE,
} from './exporter.js'
import { Importer } from './importer.js'
import { syncFiles } from './expectations.js'
import { exportSyncFile, fencesTaint, importSyncFile, Timeline } from './sw-sync.js'
import {
  DMA_BUF_SET_NAME,
  DMA_BUF_SYNC_RW,
  DMA_BUF_SYNC_WRITE,
  EXPORTER_IOC_GET_FD,
  IMPORTER_TO_DEVICE,
} from './uapi.js'

const PAGES = 4

const test = suite('faults: every allocation on the way fails in turn', {
  modules: [exporterOfPages(PAGES), importer],
  invariants,
  taints: fencesTaint,
  needs: { flavours: ['debug'] },
  timeoutMs: 300_000,
})

/** A sweep in a process of its own, with the invariants of every test. */
async function swept<Ready, Result>(
  t: Test,
  guest: TestGuest,
  scenario: Omit<FaultScenario<Ready, Result>, 'process'>,
): Promise<void> {
  await sweep(t, guest, { invariants, ...scenario, process: await guest.process() })
}

/** A session that is the only holder of its buffer. */
async function importedAlone(user: Process, ...devices: readonly number[]): Promise<Importer> {
  await using buffer = await newBuffer(user)
  // Without await, the buffer would be closed before it is imported.
  return await Importer.attached(buffer, ...devices)
}

/** For sweeps in which each try makes a new buffer. */
const onNewBuffer = {
  prepare: (user: Process) => newBuffer(user),
  undo: (buffer: Descriptor) => buffer.close(),
}

test('C13 an open of the device fails cleanly at each of its allocations', async (t, guest) => {
  await swept(t, guest, {
    name: 'open',
    prepare: () => Promise.resolve(),
    call: armed => openDevice(armed),
    undo: async (_, { result }) => result?.close(),
  })
})

/** The most pages of a buffer: each of a dozen or more failure points could leak this many. */
const BIG = 1024
/** Memory that the guest uses meanwhile: KASAN's quarantine, the stack depot. */
const NOISE_PAGES = 2 * BIG

test(
  'C13 an open that fails when its pages are there gives them back',
  { modules: [exporterOfPages(BIG), importer] },
  async (t, guest) => {
    const before = await freePages(guest)
    await swept(t, guest, {
      name: `open, after ${BIG} pages`,
      prepare: () => Promise.resolve(),
      call: armed => openDevice(armed),
      undo: async (_, { result }) => result?.close(),
      first: BIG + 1,
      maxPoints: 2 * BIG,
    })
    const taken = before - (await freePages(guest))
    t.ok(taken < NOISE_PAGES, `${taken} pages less are free`)
  },
)

test('C13 an open of the importer fails cleanly at each of its allocations', async (t, guest) => {
  await swept(t, guest, {
    name: 'open of the importer',
    prepare: () => Promise.resolve(),
    call: armed => Importer.open(armed),
    undo: async (_, { result }) => result?.close(),
  })
})

test('C13 GET_FD fails cleanly at each of its allocations and copies', async (t, guest) => {
  await swept(t, guest, {
    name: 'GET_FD',
    prepare: user => openDevice(user),
    call: (armed, device) => getFd(device, EXPORTER_IOC_GET_FD, armed),
    undo: async (device, { result }) => {
      await result?.close()
      await device.close()
    },
  })
})

for (const [name, make] of [
  ['the dma-buf', newBuffer],
  ['the device', openDevice],
] as const) {
  test(`C13 mmap of ${name} fails cleanly at each of its allocations`, async (t, guest) => {
    const options = { length: PAGES * PAGE, prot: PROT_READ | PROT_WRITE, flags: MAP_SHARED }
    await swept(t, guest, {
      name: `mmap of ${name}`,
      prepare: user => make(user),
      call: (armed, file) => armed.mmap(file, options),
      undo: async (file, { result }) => {
        await result?.munmap()
        await file.close()
      },
    })
  })
}

test('C54 a renaming that fails for want of memory leaves nothing', async (t, guest) => {
  await swept(t, guest, {
    name: 'SET_NAME',
    ...onNewBuffer,
    call: (armed, buffer) => armed.ioctl(buffer, DMA_BUF_SET_NAME, 'a name'),
  })
})

const withSyncFiles = { needs: syncFiles }

test(
  'C55 an export of a sync file that fails leaves no descriptor',
  withSyncFiles,
  async (t, guest) => {
    await swept(t, guest, {
      name: 'EXPORT_SYNC_FILE',
      prepare: user => newBuffer(user),
      call: (armed, buffer) => exportSyncFile(buffer, DMA_BUF_SYNC_RW, armed),
      undo: async (buffer, { result }) => {
        await result?.close()
        await buffer.close()
      },
    })
  },
)

test('C56 an import of a sync file that fails leaves no fence', withSyncFiles, async (t, guest) => {
  await swept(t, guest, {
    name: 'IMPORT_SYNC_FILE',
    prepare: async user => {
      const timeline = await Timeline.open(user)
      return { buffer: await newBuffer(user), timeline, fence: await timeline.fence() }
    },
    call: (armed, { buffer, fence }) => importSyncFile(buffer, fence, DMA_BUF_SYNC_WRITE, armed),
    undo: async ({ buffer, timeline, fence }) => {
      await fence.close()
      await timeline.close()
      await buffer.close()
    },
  })
})

test('C58 a watch of epoll that fails leaves the buffer as it was', async (t, guest) => {
  await swept(t, guest, {
    name: 'epoll_ctl',
    prepare: async user => ({ buffer: await newBuffer(user), epoll: await user.epollCreate1() }),
    call: (armed, { buffer, epoll }) =>
      armed.epollCtl(epoll, EPOLL_CTL_ADD, buffer, EPOLLIN | EPOLLOUT),
    undo: async ({ buffer, epoll }) => {
      await epoll.close()
      await buffer.close()
    },
  })
})

test('C65 a map that fails for want of memory leaves the attachment, and nothing of a mapping', async (t, guest) => {
  await swept(t, guest, {
    name: 'map',
    prepare: user => importedAlone(user, 0),
    // Of others DMA-API notes cachelines, and turns itself off for want of memory for these.
    call: (armed, session) => session.by(armed).map(0, IMPORTER_TO_DEVICE),
    undo: async (session, { error }) => {
      if (error === undefined) await session.unmap()
      await session.detach()
      await session.close()
    },
  })
})

test('C75 a vmap that fails for want of memory leaves nothing', async (t, guest) => {
  await swept(t, guest, {
    name: 'vmap',
    prepare: user => importedAlone(user),
    call: (armed, session) => session.by(armed).vmap(),
    undo: async (session, { error }) => {
      if (error === undefined) await session.vunmap()
      await session.close()
    },
  })
})
