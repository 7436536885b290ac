import { MAP_PRIVATE, O_RDONLY, O_RDWR, O_WRONLY, PROT_READ, PROT_WRITE, suite } from 'modprove'
import { liveBuffers } from './bufinfo.js'
import {
  exporter,
  exporterOfPages,
  getFd,
  invariants,
  mapShared,
  mapToRead,
  newBuffer,
  openDevice,
  PAGE,
  releases,
  stampPages,
} from './exporter.js'
import { EXPORTER_GREETING } from './uapi.js'

const PAGES = 4
const SIZE = PAGES * PAGE
const fourPages = { modules: [exporterOfPages(PAGES)] }

const test = suite('mmap of the device itself', { modules: [exporter], invariants })

test('C33 a private mapping of the device is refused cleanly, to read or to write', async (t, guest) => {
  const device = await openDevice(await guest.process())
  for (const prot of [PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE]) {
    const options = { prot, flags: MAP_PRIVATE }
    await t.rejects(mapShared(device, options), { code: 'EINVAL' }, `prot ${prot}`)
  }
  t.equal(await (await mapToRead(device)).cstring(), EXPORTER_GREETING)
})

test('C43 the device maps without any ioctl (S6)', async (t, guest) => {
  const page = await mapToRead(await openDevice(await guest.process(), O_RDONLY))
  t.equal(await page.cstring(), EXPORTER_GREETING)
})

test(
  "C43 the device's mapping and the dma-buf's are the same bytes (S6)",
  fourPages,
  async (t, guest) => {
    const device = await openDevice(await guest.process())
    const buffer = await getFd(device)
    const [ofDevice, ofBuffer] = [
      await mapShared(device, { length: SIZE }),
      await mapShared(buffer, { length: SIZE }),
    ]
    await ofDevice.write('through the device\0', SIZE - PAGE)
    t.equal(await ofBuffer.cstring(SIZE - PAGE), 'through the device')
    await ofBuffer.write('through the dma-buf\0')
    t.equal(await ofDevice.cstring(), 'through the dma-buf')
  },
)

test('C43 an offset of n pages maps page n of the device', fourPages, async (t, guest) => {
  const device = await openDevice(await guest.process())
  await stampPages(await mapShared(device, { length: SIZE }))
  for (let page = 0; page < PAGES; page++) {
    t.equal(await (await mapShared(device, { offset: page * PAGE })).cstring(), `page ${page}`)
  }
})

test('C44 a mapping of the device beyond the buffer is refused', fourPages, async (t, guest) => {
  const device = await openDevice(await guest.process())
  const beyond = [
    { offset: 0, length: SIZE + 1 },
    { offset: 0, length: 2 * SIZE },
    { offset: SIZE, length: PAGE },
    { offset: PAGE, length: SIZE },
    { offset: 1024 * SIZE, length: PAGE },
  ]
  for (const range of beyond) {
    const name = `${range.length} bytes at ${range.offset}`
    await t.rejects(mapShared(device, range), { code: 'EINVAL' }, name)
  }
})

test('C45 a mapping of the device outlives it and every descriptor, and pins the module', async (t, guest) => {
  const device = await openDevice(await guest.process())
  const buffer = await getFd(device)
  const page = await mapShared(device)
  await page.write('still here\0')
  await device.close()
  await buffer.close()
  t.equal(await page.cstring(), 'still here')
  t.equal((await liveBuffers(guest))[0]?.count, 1, 'the mapping holds the dma-buf itself')
  t.equal(await guest.modules.references('exporter'), 1)
  await t.rejects(guest.modules.unload('exporter'), { code: 'EAGAIN' })

  await page.munmap()
  t.equal(await releases(guest), 1)
  t.equal(await guest.modules.references('exporter'), 0)
})

test("C46 a mapping of the device is writable where the device's open was", async (t, guest) => {
  const user = await guest.process()
  const readOnly = await openDevice(user, O_RDONLY)
  await t.rejects(mapShared(readOnly), { code: 'EACCES' })
  t.equal(await (await mapToRead(readOnly)).cstring(), EXPORTER_GREETING)

  await t.rejects(mapToRead(await openDevice(user, O_WRONLY)), { code: 'EACCES' })

  const page = await mapShared(await openDevice(user, O_RDWR))
  await page.write('written\0')
  t.equal(await page.cstring(), 'written')
})

test('C47 a device whose descriptors are all closed still has its buffer to map', async (t, guest) => {
  const device = await openDevice(await guest.process())
  await (await mapShared(device)).munmap()
  const buffer = await getFd(device)
  await (await mapShared(buffer)).write('kept by the device\0')
  await buffer.close()
  t.equal(await releases(guest), 0)
  t.equal(await (await mapToRead(device)).cstring(), 'kept by the device')
})

test('each open of the device has a buffer of its own', async (t, guest) => {
  const user = await guest.process()
  const [one, two] = [await openDevice(user), await openDevice(user)]
  await (await mapShared(one)).write('of one\0')
  t.equal(await (await mapToRead(two)).cstring(), EXPORTER_GREETING)
})

test(
  'C84 a mapping of the device shows no other bytes when everything else of the buffer is closed',
  fourPages,
  async (t, guest) => {
    const user = await guest.process()
    const device = await openDevice(user)
    const pages = await mapShared(device, { length: SIZE })
    const content = Buffer.alloc(SIZE, 'mine ')
    await pages.write(content)
    await device.close()
    // Freed pages would be reused for the next buffers.
    for (let round = 0; round < 8; round++) {
      const others = await mapShared(await newBuffer(user), { length: SIZE })
      await others.write(Buffer.alloc(SIZE, 'yours'))
    }
    t.ok(content.equals(await pages.read()))
  },
)
