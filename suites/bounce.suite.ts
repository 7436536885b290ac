import { suite, type Descriptor } from 'modprove'
import {
  exporterOfPages,
  importer,
  invariants,
  mapShared,
  newBuffer,
  PAGE,
  stampPages,
} from './exporter.js'
import { Importer } from './importer.js'
import {
  DMA_BUF_IOCTL_SYNC,
  DMA_BUF_SYNC_END,
  DMA_BUF_SYNC_READ,
  DMA_BUF_SYNC_RW,
  DMA_BUF_SYNC_START,
  DMA_BUF_SYNC_WRITE,
  dmaBufSync,
  EXPORTER_GREETING,
  IMPORTER_BIDIRECTIONAL,
  IMPORTER_FROM_DEVICE,
  IMPORTER_TO_DEVICE,
} from './uapi.js'

const PAGES = 4
const SIZE = PAGES * PAGE

const test = suite('bounce: data that has to be carried between CPU and device', {
  modules: [exporterOfPages(PAGES), importer],
  invariants,
  needs: { flavours: ['bounce'] },
})

const sync = (buffer: Descriptor, flags: number) =>
  buffer.ioctl(DMA_BUF_IOCTL_SYNC, dmaBufSync.encode({ flags }))

test("C68 the device's addresses are not the pages': a bounce buffer lies between", async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  const session = await Importer.attached(buffer, 0, 1)
  await session.map(0)
  await session.map(1)
  t.notSame(await session.segments(0), await session.segments(1))
  await session.deviceWrite('not yet\0')
  t.equal(await pages.cstring(), EXPORTER_GREETING, 'what the device wrote is not there yet')
})

for (const [name, direction] of [
  ['from the device', IMPORTER_FROM_DEVICE],
  ['both ways', IMPORTER_BIDIRECTIONAL],
] as const) {
  test(`C68 what the device wrote is in every page after the unmap of a mapping ${name}`, async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    const pages = await mapShared(buffer, { length: SIZE })
    const session = await Importer.attached(buffer, 0)
    await session.map(0, direction)
    for (let page = 0; page < PAGES; page++) {
      await session.deviceWrite(`device ${page}\0`, page * PAGE)
    }
    await session.unmap()
    for (let page = 0; page < PAGES; page++) {
      t.equal(await pages.cstring(page * PAGE), `device ${page}`)
    }
  })
}

for (const [name, direction] of [
  ['to the device', IMPORTER_TO_DEVICE],
  ['both ways', IMPORTER_BIDIRECTIONAL],
] as const) {
  test(`C68 what the CPU wrote before reaches the device by a mapping ${name}`, async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    await stampPages(await mapShared(buffer, { length: SIZE }))
    const session = await Importer.attached(buffer, 0)
    await session.map(0, direction)
    for (let page = 0; page < PAGES; page++) {
      t.equal((await session.deviceRead(6, page * PAGE)).toString(), `page ${page}`)
    }
  })
}

test('C68 an unmap of a mapping to the device brings nothing back', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  const session = await Importer.attached(buffer, 0)
  await session.map(0, IMPORTER_TO_DEVICE)
  await pages.write('by the CPU\0')
  await session.unmap()
  t.equal(await pages.cstring(), 'by the CPU')
})

test('C69 a turn of the CPU sees what the device wrote into a mapping that lives on', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  const session = await Importer.attached(buffer, 0)
  await session.map()
  for (const round of [1, 2, 3]) {
    const offset = (round % PAGES) * PAGE
    await session.deviceWrite(`round ${round}\0`, offset)
    t.not(await pages.cstring(offset), `round ${round}`, 'not before the turn begins')
    await sync(buffer, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ)
    t.equal(await pages.cstring(offset), `round ${round}`)
    await sync(buffer, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ)
  }
})

test('C69 the device sees what a turn of the CPU wrote when that ends', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  const session = await Importer.attached(buffer, 0)
  await session.map()
  for (const flags of [DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_RW]) {
    for (let page = 0; page < PAGES; page++) {
      const offset = page * PAGE
      const text = `flags ${flags}, page ${page}`
      await sync(buffer, DMA_BUF_SYNC_START | flags)
      await pages.write(`${text}\0`, offset)
      t.not((await session.deviceRead(text.length, offset)).toString(), text, 'not before')
      await sync(buffer, DMA_BUF_SYNC_END | flags)
      t.equal((await session.deviceRead(text.length, offset)).toString(), text)
    }
  }
})

test('C69 a turn of the CPU reaches every device that has the buffer mapped', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  const session = await Importer.attached(buffer, 0, 1)
  await session.map(0, IMPORTER_TO_DEVICE)
  await session.map(1)
  await sync(buffer, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE)
  await pages.write('to both\0')
  await sync(buffer, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE)
  for (const device of [0, 1]) {
    t.equal((await session.deviceRead(7, 0, device)).toString(), 'to both', `device ${device}`)
  }
})

/** Sessions that map the buffer, alternately on both devices; only the writer's bidirectionally. */
async function mappedBy(buffer: Descriptor, count: number, writer: number): Promise<Importer[]> {
  const sessions: Importer[] = []
  for (let index = 0; index < count; index++) {
    const session = await Importer.attached(buffer, index % 2)
    // A mapping to the device copies nothing back over what another wrote.
    await session.map(index % 2, index === writer ? IMPORTER_BIDIRECTIONAL : IMPORTER_TO_DEVICE)
    sessions.push(session)
  }
  return sessions
}

for (const count of [1, 2, 3]) {
  test(`C69 with ${count} mapped, the CPU sees what whichever of them wrote, and each of them what the CPU wrote`, async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    const pages = await mapShared(buffer, { length: SIZE })
    for (let writer = 0; writer < count; writer++) {
      const sessions = await mappedBy(buffer, count, writer)
      for (let page = 0; page < PAGES; page++) {
        const text = `by ${writer} of ${count} into page ${page}`
        await sessions[writer]?.deviceWrite(`${text}\0`, page * PAGE, writer % 2)
        t.not(await pages.cstring(page * PAGE), text, 'not before the turn begins')
      }
      await sync(buffer, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW)
      for (let page = 0; page < PAGES; page++) {
        const text = `by ${writer} of ${count} into page ${page}`
        t.equal(await pages.cstring(page * PAGE), text)
      }
      await stampPages(pages)
      await sync(buffer, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW)
      for (const [index, session] of sessions.entries()) {
        const seen = await session.deviceRead(6, SIZE - PAGE, index % 2)
        t.equal(seen.toString(), `page ${PAGES - 1}`, `device of mapping ${index}`)
      }
      for (const session of sessions) await session.close()
    }
  })
}

test('C69 a mapping that is gone takes no other along', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  for (let gone = 0; gone < 3; gone++) {
    const sessions = await mappedBy(buffer, 3, 3)
    await sessions[gone]?.unmap(gone % 2)
    await sync(buffer, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE)
    await pages.write(`without ${gone}`)
    await sync(buffer, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE)
    for (const [index, session] of sessions.entries()) {
      if (index === gone) continue
      const seen = await session.deviceRead(9, 0, index % 2)
      t.equal(seen.toString(), `without ${gone}`, `device of mapping ${index}`)
    }
    for (const session of sessions) await session.close()
  }
})

test("C69 a driver's own turn of the CPU moves data too", async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const session = await Importer.attached(buffer, 0)
  await session.map()
  await session.vmap()
  await session.deviceWrite('by the device')
  await session.beginCpuAccess(IMPORTER_FROM_DEVICE)
  t.equal((await session.vmapRead(13)).toString(), 'by the device')
  await session.vmapWrite('by the kernel')
  await session.endCpuAccess(IMPORTER_TO_DEVICE)
  t.equal((await session.deviceRead(13)).toString(), 'by the kernel')
})

/** Pages; two such buffers fill the flavour's bounce buffers (images/flavours.json: 8 MiB). */
const BIG = 1024
/**
 * dma_map_sgtable(): EINVAL up to 5.14, then the mapping's own error (include/linux/dma-mapping.h).
 */
const NO_ROOM = ['EINVAL', 'EIO', 'ENOMEM']

test(
  'C65 a mapping that finds no bounce buffers fails, leaves nothing, and succeeds when there are some',
  { modules: [exporterOfPages(BIG), importer] },
  async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    const sessions: Importer[] = []
    let code: string | undefined
    while (code === undefined && sessions.length < 4) {
      const session = await Importer.attached(buffer, 0)
      sessions.push(session)
      code = await session.map().then(
        () => undefined,
        (error: { code: string }) => error.code,
      )
    }
    t.ok(NO_ROOM.includes(code ?? ''), `mapping ${sessions.length} failed with ${code}`)
    const last = sessions.pop()
    for (const session of sessions) await session.close()
    await last?.map()
    await last?.deviceWrite('there is room', (BIG - 1) * PAGE)
  },
)
