import { suite } from '../harness/suite.js'
import { buffersInTotal, fdinfo, liveBuffers, references } from './bufinfo.js'
import { expectations } from './expectations.js'
import {
  exporterOfPages,
  getFd,
  importer,
  invariants,
  mapShared,
  newBuffer,
  openDevice,
  PAGE,
} from './exporter.js'
import { Importer } from './importer.js'
import { DMA_BUF_SET_NAME } from './uapi.js'

const SIZE = 4 * PAGE

const test = suite('fdinfo and bufinfo: what the kernel tells of a buffer', {
  modules: [exporterOfPages(4), importer],
  invariants,
})

test('C59 fdinfo tells size, count, exporter and inode, and the name when there is one', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const { size, count, exp_name, name, ino } = await fdinfo(buffer)
  t.strictSame({ size, count, exp_name }, { size: String(SIZE), count: '1', exp_name: 'exporter' })
  t.equal(name, undefined, 'no name yet')
  const inode = String((await buffer.fstat()).ino)
  t.equal(ino, expectations(guest.kernel).fdinfoHasInode ? inode : undefined)

  await buffer.ioctl(DMA_BUF_SET_NAME, 'a name')
  t.equal((await fdinfo(buffer))['name'], 'a name')
})

test('C60 the count rises by one for each copy, mapping, child and import, and falls again', async (t, guest) => {
  const user = await guest.process()
  const device = await openDevice(user)
  const buffer = await getFd(device)
  t.equal(await references(buffer), 2, 'the open device and the descriptor')
  const copy = await buffer.dup()
  t.equal(await references(buffer), 3, 'a copy')
  const another = await getFd(device)
  t.equal(await references(buffer), 4, 'another descriptor')
  const page = await mapShared(buffer)
  t.equal(await references(buffer), 5, 'a mapping')
  const session = await Importer.attached(buffer, 0, 1)
  t.equal(await references(buffer), 6, 'an import; attachments live on it')

  await session.close()
  await page.munmap()
  for (const descriptor of [another, copy, device]) await descriptor.close()
  t.equal(await references(buffer), 1)

  const child = await user.fork()
  t.equal(await references(buffer), 2, "a child's descriptor")
  await child.exit()
  await user.wait4(child.pid)
  t.equal(await references(buffer), 1)
})

test('C61 bufinfo lists each live buffer and their total, and none after release', async (t, guest) => {
  const user = await guest.process()
  t.equal(await buffersInTotal(guest), 'Total 0 objects, 0 bytes')
  const buffers = [await newBuffer(user), await newBuffer(user)]
  t.equal(await buffersInTotal(guest), `Total 2 objects, ${2 * SIZE} bytes`)
  for (const { size, count, exporter, devices } of await liveBuffers(guest)) {
    const expected = { size: SIZE, count: 1, exporter: 'exporter', devices: [] }
    t.strictSame({ size, count, exporter, devices }, expected)
  }
  for (const buffer of buffers) await buffer.close()
  t.strictSame(await liveBuffers(guest), [])
  t.equal(await buffersInTotal(guest), 'Total 0 objects, 0 bytes')
})

test('C61 bufinfo tells the inode that fstat tells', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const [listed] = await liveBuffers(guest)
  t.equal(listed?.inode, Number((await buffer.fstat()).ino))
})

test('C62 bufinfo lists the attached devices, and none after detach', async (t, guest) => {
  const devices = async () => (await liveBuffers(guest)).map(buffer => buffer.devices)
  const session = await Importer.attached(await newBuffer(await guest.process()), 0, 1)
  t.strictSame(await devices(), [['importer.1', 'importer.0']])
  await session.detach(0)
  t.strictSame(await devices(), [['importer.1']])
  await session.detach(1)
  t.strictSame(await devices(), [[]])
})
