import { suite } from '../harness/suite.js'
import {
  dmaMappings,
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
  EXPORTER_GREETING,
  IMPORTER_BIDIRECTIONAL,
  IMPORTER_FROM_DEVICE,
  IMPORTER_TO_DEVICE,
} from './uapi.js'

const PAGES = 4
const SIZE = PAGES * PAGE

const test = suite('sg_table: the buffer as a device sees it', {
  modules: [exporterOfPages(PAGES), importer],
  invariants,
})

const directions = [
  ['both ways', IMPORTER_BIDIRECTIONAL],
  ['to the device', IMPORTER_TO_DEVICE],
  ['from the device', IMPORTER_FROM_DEVICE],
] as const

for (const [name, direction] of directions) {
  test(`C66 a table mapped ${name} has whole pages, the buffer's size in sum (S9)`, async (t, guest) => {
    const session = await Importer.attached(await newBuffer(await guest.process()), 0)
    await session.map(0, direction)
    const segments = await session.segments()
    t.equal(
      segments.reduce((sum, { length }) => sum + length, 0),
      SIZE,
    )
    for (const { address, length } of segments) {
      t.equal(address % BigInt(PAGE), 0n, `address 0x${address.toString(16)}`)
      t.equal(length % PAGE, 0, `${length} bytes`)
    }
    await session.unmap()
  })
}

test('C66 the table has the pages in their order, each once', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  await stampPages(await mapShared(buffer, { length: SIZE }))
  const session = await Importer.attached(buffer, 0)
  await session.map()
  for (let page = 0; page < PAGES; page++) {
    t.equal((await session.deviceRead(6, page * PAGE)).toString(), `page ${page}`)
  }
  const segments = await session.segments()
  const pages = segments.flatMap(({ address, length }) =>
    Array.from({ length: length / PAGE }, (_, index) => address + BigInt(index * PAGE)),
  )
  t.equal(new Set(pages).size, PAGES)
})

test("C67 the device's addresses are the pages' own: both sides see each other at once", async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const pages = await mapShared(buffer, { length: SIZE })
  const session = await Importer.attached(buffer, 0)
  await session.map()
  t.ok((await session.deviceRead(SIZE)).equals(await pages.read()))
  await session.deviceWrite('from the device\0', 2 * PAGE)
  t.equal(await pages.cstring(2 * PAGE), 'from the device')
  await pages.write('from the CPU\0', 3 * PAGE)
  t.equal((await session.deviceRead(12, 3 * PAGE)).toString(), 'from the CPU')
})

test('C67 two devices are given the same addresses', async (t, guest) => {
  const session = await Importer.attached(await newBuffer(await guest.process()), 0, 1)
  await session.map(0, IMPORTER_TO_DEVICE)
  await session.map(1, IMPORTER_TO_DEVICE)
  t.strictSame(await session.segments(1), await session.segments(0))
})

test('C70 each device has a table of its own; unmapping one leaves the other', async (t, guest) => {
  const session = await Importer.attached(await newBuffer(await guest.process()), 0, 1)
  await session.map(0, IMPORTER_TO_DEVICE)
  await session.map(1, IMPORTER_TO_DEVICE)
  const before = await session.segments(1)
  await session.unmap(0)
  await t.rejects(session.segments(0), { code: 'ENOTCONN' })
  t.strictSame(await session.segments(1), before)
  t.equal((await session.deviceRead(11, 0, 1)).toString(), EXPORTER_GREETING)
  await session.detach(0)
  t.equal((await session.deviceRead(11, 0, 1)).toString(), EXPORTER_GREETING)
})

test('C70 two importers of one device have tables of their own', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const [one, two] = [await Importer.attached(buffer, 0), await Importer.attached(buffer, 0)]
  await one.map(0, IMPORTER_TO_DEVICE)
  await two.map(0, IMPORTER_TO_DEVICE)
  await one.close()
  t.equal((await two.deviceRead(11)).toString(), EXPORTER_GREETING)
})

test(
  'C71 a thousand cycles of map and unmap leave no DMA mapping',
  { timeoutMs: 60_000 },
  async (t, guest) => {
    const session = await Importer.attached(await newBuffer(await guest.process()), 0)
    const before = await dmaMappings(guest)
    for (let round = 0; round < 100; round++) {
      // Sent all at once, done one after another.
      const cycles = Array.from({ length: 10 }, (_, cycle) => [
        session.map(0, cycle % 3),
        session.unmap(),
      ])
      await Promise.all(cycles.flat())
    }
    t.equal(await dmaMappings(guest), before)
    await t.rejects(session.unmap(), { code: 'ENOTCONN' }, 'each was undone')
  },
)

test(
  'C74 a device without a DMA mask is refused its mapping, and the others work',
  { modules: [exporterOfPages(PAGES), { ...importer, parameters: { maskless: 1 } }] },
  async (t, guest) => {
    const session = await Importer.attached(await newBuffer(await guest.process()), 0, 1)
    await t.rejects(session.map(1), { code: 'EIO' })
    await t.rejects(session.segments(1), { code: 'ENOTCONN' })
    await session.map(0)
    t.equal((await session.deviceRead(11)).toString(), EXPORTER_GREETING)
    await session.detach(1)
  },
)
