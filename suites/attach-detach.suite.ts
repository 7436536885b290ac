import { O_RDONLY, suite } from 'modprove'
import { exporter as ours } from './adapters/exporter.js'
import { liveBuffers } from './bufinfo.js'
import { attachmentPromises } from './contract/attachments.js'
import {
  exporter,
  getFd,
  importer,
  invariants,
  mapToRead,
  moduleLines,
  newBuffer,
  openDevice,
  releases,
} from './exporter.js'
import { Importer } from './importer.js'
import { EXPORTER_GREETING } from './uapi.js'

const test = suite('attach and detach', { modules: [exporter, importer], invariants })

test('C64 attach and detach each log one line that names the device (S8)', async (t, guest) => {
  const session = await Importer.attached(await newBuffer(await guest.process()), 0)
  t.strictSame(await moduleLines(guest), ['dmabuf attach device :importer.0'])
  await session.detach(0)
  t.strictSame(await moduleLines(guest), [
    'dmabuf attach device :importer.0',
    'dmabuf detach device :importer.0',
  ])
})

test('C64 each of two devices is named, in the order of its attach and detach (S8)', async (t, guest) => {
  const session = await Importer.attached(await newBuffer(await guest.process()), 1, 0)
  await session.detach(1)
  await session.attach(1)
  await session.detach(0)
  await session.detach(1)
  t.strictSame(await moduleLines(guest), [
    'dmabuf attach device :importer.1',
    'dmabuf attach device :importer.0',
    'dmabuf detach device :importer.1',
    'dmabuf attach device :importer.1',
    'dmabuf detach device :importer.0',
    'dmabuf detach device :importer.1',
  ])
})

test('C64 one device can be attached by two importers at once', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const [one, two] = [await Importer.attached(buffer, 0), await Importer.attached(buffer, 0)]
  await one.close()
  await two.close()
  t.strictSame(await moduleLines(guest), [
    'dmabuf attach device :importer.0',
    'dmabuf attach device :importer.0',
    'dmabuf detach device :importer.0',
    'dmabuf detach device :importer.0',
  ])
})

test('C64 an importer that ends without detaching is detached', async (t, guest) => {
  const user = await guest.process()
  const session = await Importer.attached(await newBuffer(user), 0, 1)
  await session.map(1)
  await user.terminate()
  t.strictSame(await moduleLines(guest), [
    'dmabuf attach device :importer.0',
    'dmabuf attach device :importer.1',
    'dmabuf detach device :importer.0',
    'dmabuf detach device :importer.1',
    'dmabuf release',
  ])
})

attachmentPromises(test, ours)

test('the importer takes the buffer of the latest open through the kernel (S12)', async (t, guest) => {
  const user = await guest.process()
  const older = await openDevice(user)
  const latest = await openDevice(user, O_RDONLY)
  const session = await Importer.open(user)
  await session.importKernel()
  await session.attach()
  await session.map()
  await session.deviceWrite('from the device\0')
  await session.unmap()
  t.equal(await (await mapToRead(latest)).cstring(), 'from the device')
  t.equal(await (await mapToRead(older)).cstring(), EXPORTER_GREETING)

  await latest.close()
  await session.map()
  t.equal((await session.deviceRead(15)).toString(), 'from the device', 'also after its close')
  t.equal(await (await mapToRead(await getFd(older))).cstring(), EXPORTER_GREETING)
})

test('S12 what the kernel hands out is held by who got it, and what he gives back is still there', async (t, guest) => {
  const user = await guest.process()
  const device = await openDevice(user)
  const session = await Importer.open(user)
  for (let round = 0; round < 3; round++) {
    await session.importKernel()
    t.equal((await liveBuffers(guest))[0]?.count, 2, 'the device and the importer')
    await session.put()
    t.equal(await releases(guest), 0)
  }
  await session.importKernel()
  await device.close()
  await session.attach()
  await session.map()
  t.equal((await session.deviceRead(11)).toString(), EXPORTER_GREETING, 'the importer alone')
  await session.close()
  t.equal(await releases(guest), 1)
})

test('C47 without an open device the kernel has no buffer to hand out (S12)', async (t, guest) => {
  const user = await guest.process()
  const session = await Importer.open(user)
  await t.rejects(session.importKernel(), { code: 'ENOENT' }, 'never opened')
  const device = await openDevice(user)
  const buffer = await getFd(device)
  await device.close()
  await t.rejects(session.importKernel(), { code: 'ENOENT' }, 'closed, with a descriptor left')
  t.equal(await (await mapToRead(buffer)).cstring(), EXPORTER_GREETING)
})
