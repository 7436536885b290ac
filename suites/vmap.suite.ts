import { suite } from '../harness/suite.js'
import {
  exporterOfPages,
  importer,
  invariants,
  kernelMappings,
  mapShared,
  newBuffer,
  PAGE,
  releases,
  stampPages,
} from './exporter.js'
import { Importer } from './importer.js'
import { EXPORTER_GREETING } from './uapi.js'

const PAGES = 4
const SIZE = PAGES * PAGE

const test = suite('vmap: the buffer as the kernel sees it', {
  modules: [exporterOfPages(PAGES), importer],
  invariants,
})

test('C75 the kernel sees the same bytes as user space, all pages in order (S10)', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  const session = await Importer.attached(buffer)
  await session.vmap()
  t.equal((await session.vmapRead(11)).toString(), EXPORTER_GREETING)
  await stampPages(pages)
  t.ok((await session.vmapRead(SIZE)).equals(await pages.read()))
  await session.vmapWrite('from the kernel\0', 3 * PAGE)
  t.equal(await pages.cstring(3 * PAGE), 'from the kernel')
  await session.vunmap()
})

test('C75 a nested vmap has the same address, and the last vunmap frees it', async (t, guest) => {
  const session = await Importer.attached(await newBuffer(await guest.process()))
  const before = await kernelMappings(guest)
  const address = await session.vmap()
  t.equal(await session.vmap(), address)
  t.equal(await kernelMappings(guest), before + 1, 'one area for both')
  await session.vunmap()
  t.equal((await session.vmapRead(11)).toString(), EXPORTER_GREETING, 'still there for the other')
  await session.vunmap()
  t.equal(await kernelMappings(guest), before)
  await t.rejects(session.vunmap(), { code: 'ENOTCONN' })
})

test('C75 two importers share one vmap', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const [one, two] = [await Importer.attached(buffer), await Importer.attached(buffer)]
  t.equal(await one.vmap(), await two.vmap())
  await one.close()
  await two.vmapWrite('still mapped\0')
  t.equal(await (await mapShared(buffer)).cstring(), 'still mapped')
})

test('C75 an importer that vmapped holds the buffer when every descriptor is closed', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const session = await Importer.attached(buffer)
  await session.vmap()
  await buffer.close()
  t.equal((await session.vmapRead(11)).toString(), EXPORTER_GREETING)
  t.equal(await releases(guest), 0)
  await session.close()
  t.equal(await releases(guest), 1)
})
