import { suite, type TestGuest } from 'modprove'
import { liveBuffers } from './bufinfo.js'
import { quick, thorough } from './expectations.js'
import {
  exporter,
  EXPORTER_DEVICE,
  exporterOfPages,
  getFd,
  importer,
  invariants,
  mapShared,
  mapToRead,
  newBuffer,
  openDevice,
} from './exporter.js'
import { Importer } from './importer.js'
import { EXPORTER_GREETING } from './uapi.js'

const test = suite('module: references, load and unload', { modules: [exporter], invariants })

/** EWOULDBLOCK under its other name. */
const IN_USE = { code: 'EAGAIN' }

test('the device is there while the module is loaded, and only then (S1)', async (t, guest) => {
  const user = await guest.process()
  await (await openDevice(user)).close()
  await guest.modules.unload('exporter')
  await t.rejects(openDevice(user), { code: 'ENOENT' })
  await guest.modules.load(exporter)
  await (await openDevice(user)).close()
})

test('C79 an open device and its dma-buf each hold the module once', async (t, guest) => {
  const user = await guest.process()
  const count = () => guest.modules.references('exporter')
  t.equal(await count(), 0)
  const device = await openDevice(user)
  t.equal(await count(), 2, 'the device and its dma-buf')
  const buffer = await getFd(device)
  await mapShared(buffer)
  t.equal(await count(), 2, 'a descriptor and a mapping are of the same dma-buf')
  await device.close()
  t.equal(await count(), 1, 'the dma-buf')
})

test('C79 each live dma-buf holds the module once more', async (t, guest) => {
  const user = await guest.process()
  const buffers = []
  for (let live = 1; live <= 5; live++) {
    buffers.push(await newBuffer(user))
    t.equal(await guest.modules.references('exporter'), live)
  }
  for (const buffer of buffers) await buffer.close()
  t.equal(await guest.modules.references('exporter'), 0)
})

test('C80 the module cannot be unloaded while the device is open', async (t, guest) => {
  const device = await openDevice(await guest.process())
  await t.rejects(guest.modules.unload('exporter'), IN_USE)
  await device.close()
  await unloadAndLoad(guest)
})

test('C80 the module cannot be unloaded while a descriptor lives', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  await t.rejects(guest.modules.unload('exporter'), IN_USE)
  t.equal(await (await mapToRead(buffer)).cstring(), EXPORTER_GREETING, 'the buffer is unharmed')
})

test('C80 the module cannot be unloaded while a mapping lives, and can be after', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const page = await mapShared(buffer)
  await buffer.close()
  await t.rejects(guest.modules.unload('exporter'), IN_USE)
  t.equal(await page.cstring(), EXPORTER_GREETING)
  await page.munmap()
  await unloadAndLoad(guest)
})

test(
  'C80 the module cannot be unloaded while an importer holds a buffer',
  { modules: [exporter, importer] },
  async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    const session = await Importer.attached(buffer, 0)
    await buffer.close()
    await t.rejects(guest.modules.unload('importer'), IN_USE)
    await t.rejects(guest.modules.unload('exporter'), IN_USE)
    await session.close()
    await guest.modules.unload('importer')
    await unloadAndLoad(guest)
    await guest.modules.load(importer)
  },
)

for (const [count, cycles, needs] of [
  ['a hundred', 100, quick],
  ['twenty', 20, thorough],
] as const) {
  test(
    `C81 ${count} cycles of load, export, close and unload leave nothing`,
    { needs, timeoutMs: 60_000 },
    async (t, guest) => {
      const user = await guest.process()
      for (let cycle = 0; cycle < cycles; cycle++) {
        const buffer = await newBuffer(user)
        const page = await mapShared(buffer)
        t.equal(await page.cstring(), EXPORTER_GREETING, `cycle ${cycle}`)
        await buffer.close()
        await page.munmap()
        await unloadAndLoad(guest)
      }
      t.strictSame(await liveBuffers(guest), [])
    },
  )
}

for (const npages of [0, 1025]) {
  test(`C81 a load with npages=${npages} fails and leaves no device`, async (t, guest) => {
    const user = await guest.process()
    await guest.modules.unload('exporter')
    await t.rejects(guest.modules.load(exporterOfPages(npages)), { code: 'EINVAL' })
    await t.rejects(user.open(EXPORTER_DEVICE, 0), { code: 'ENOENT' })
    await guest.modules.load(exporter)
    await (await openDevice(user)).close()
  })
}

async function unloadAndLoad(guest: TestGuest): Promise<void> {
  await guest.modules.unload('exporter')
  await guest.modules.load(exporter)
}
