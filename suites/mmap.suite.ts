import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
  SEEK_CUR,
  SEEK_DATA,
  SEEK_END,
  SEEK_HOLE,
  SEEK_SET,
  suite,
} from '../harness/suite.js'
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
  stampPages,
} from './exporter.js'
import { EXPORTER_GREETING } from './uapi.js'

const test = suite('mmap: size and contents of the buffer', { modules: [exporter], invariants })

const PAGES = 4
const SIZE = PAGES * PAGE
const fourPages = { modules: [exporterOfPages(PAGES)] }

for (const npages of [1, 4, 1024]) {
  const size = npages * PAGE

  test(
    `C21 a buffer of ${npages} pages ends at its size`,
    { modules: [exporterOfPages(npages)] },
    async (t, guest) => {
      const buffer = await newBuffer(await guest.process())
      t.equal(await buffer.lseek(0, SEEK_END), size)
    },
  )

  test(
    `C24 fstat tells the size of ${npages} pages, all of them allocated`,
    { modules: [exporterOfPages(npages)] },
    async (t, guest) => {
      const buffer = await newBuffer(await guest.process())
      const status = await buffer.fstat()
      t.equal(status.size, size)
      t.equal(status.blocks * 512, size)
    },
  )
}

test('C22 seeking to the start works, seeking anywhere else does not', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  t.equal(await buffer.lseek(0, SEEK_SET), 0)
  for (const offset of [1, PAGE, -1]) {
    await t.rejects(buffer.lseek(offset, SEEK_SET), { code: 'EINVAL' }, `SEEK_SET ${offset}`)
    await t.rejects(buffer.lseek(offset, SEEK_END), { code: 'EINVAL' }, `SEEK_END ${offset}`)
  }
})

test('C23 the other ways of seeking are refused', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  for (const whence of [SEEK_CUR, SEEK_DATA, SEEK_HOLE]) {
    await t.rejects(buffer.lseek(0, whence), { code: 'EINVAL' }, `whence ${whence}`)
  }
})

test(
  'C25 the size is of whole pages, and no use of the buffer changes it',
  fourPages,
  async (t, guest) => {
    const user = await guest.process()
    const device = await openDevice(user)
    const buffer = await getFd(device)
    const size = await buffer.lseek(0, SEEK_END)
    t.equal(size % PAGE, 0)
    await stampPages(await mapShared(buffer, { length: SIZE }))
    await user.ftruncate(buffer, PAGE).catch(() => undefined)
    t.equal(await buffer.lseek(0, SEEK_END), size, 'after writing and truncating')
    t.equal(await (await getFd(device)).lseek(0, SEEK_END), size, 'of another descriptor')
  },
)

test('C26 the buffer begins with the greeting (S2, S4)', async (t, guest) => {
  const page = await mapToRead(await newBuffer(await guest.process()))
  t.equal(await page.cstring(), EXPORTER_GREETING)
})

test(
  'C27 every other byte is zero, whatever the pages held before (S2)',
  fourPages,
  async (t, guest) => {
    const user = await guest.process()
    for (let round = 0; round < 4; round++) {
      const buffer = await newBuffer(user)
      const pages = await mapShared(buffer, { length: SIZE })
      const expected = Buffer.alloc(SIZE)
      expected.write(EXPORTER_GREETING)
      t.ok(expected.equals(await pages.read()), `round ${round}`)
      // The pages go back to the allocator full of this, and the next buffer is likely to get them.
      await pages.write(Buffer.alloc(SIZE, 0xa5))
      await pages.munmap()
      await buffer.close()
    }
  },
)

test('C28 a mapping longer than the buffer is refused', fourPages, async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  for (const length of [SIZE + 1, SIZE + PAGE, 2 * SIZE]) {
    await t.rejects(mapShared(buffer, { length }), { code: 'EINVAL' }, `${length} bytes`)
  }
  t.equal(await (await mapShared(buffer, { length: SIZE - 1 })).cstring(), EXPORTER_GREETING)
})

test(
  'C29 a mapping that begins or ends beyond the buffer is refused',
  fourPages,
  async (t, guest) => {
    const buffer = await newBuffer(await guest.process())
    const beyond = [
      { offset: SIZE, length: PAGE },
      { offset: PAGE, length: SIZE },
      { offset: SIZE - PAGE, length: 2 * PAGE },
      { offset: 1024 * SIZE, length: PAGE },
    ]
    for (const range of beyond) {
      const name = `${range.length} bytes at ${range.offset}`
      await t.rejects(mapShared(buffer, range), { code: 'EINVAL' }, name)
    }
  },
)

test('C30 crooked, wrapping and empty ranges are refused', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const map = (offset: number | bigint, length: number) =>
    buffer.mmap({ length, offset, prot: PROT_READ, flags: MAP_SHARED })
  await t.rejects(map(1, PAGE), { code: 'EINVAL' }, 'unaligned offset')
  await t.rejects(map(0xfffffffffffff000n, PAGE), { code: 'EOVERFLOW' }, 'wrapping offset')
  await t.rejects(map(0, 0), { code: 'EINVAL' }, 'no length')
})

test('C31 an offset of n pages maps page n', fourPages, async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  await stampPages(await mapShared(buffer, { length: SIZE }))
  for (let page = 0; page < PAGES; page++) {
    const alone = await mapShared(buffer, { offset: page * PAGE })
    t.equal(await alone.cstring(), `page ${page}`)
    const toTheEnd = { offset: page * PAGE, length: SIZE - page * PAGE }
    const rest = await mapShared(buffer, toTheEnd)
    t.equal(await rest.cstring(rest.length - PAGE), `page ${PAGES - 1}`)
  }
})

test('C31 a mapping of a part changes nothing behind it', fourPages, async (t, guest) => {
  const user = await guest.process()
  const buffer = await newBuffer(user)
  await stampPages(await mapShared(buffer, { length: SIZE }))
  const prot = PROT_READ | PROT_WRITE
  const around = await user.mmap(null, { length: SIZE, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS })
  const flags = MAP_SHARED | MAP_FIXED
  await buffer.mmap({ address: around.address, length: PAGE, prot, flags })
  t.equal(await around.cstring(), 'page 0')
  const behind = await around.read(PAGE)
  t.ok(behind.equals(Buffer.alloc(SIZE - PAGE)), 'what was fresh memory still is')
})

test('C32 two shared mappings show each other what is written', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const [one, two] = [await mapShared(buffer), await mapShared(buffer)]
  await one.write('by one\0')
  t.equal(await two.cstring(), 'by one')
  await two.write('by two\0', 100)
  t.equal(await one.cstring(100), 'by two')
})

test('C32 what was written is still there after unmapping and mapping again', async (t, guest) => {
  const buffer = await newBuffer(await guest.process())
  const first = await mapShared(buffer)
  await first.write('still here\0')
  await first.munmap()
  t.equal(await (await mapToRead(buffer)).cstring(), 'still here')
})

test('C33 a private mapping is refused cleanly, to read or to write', async (t, guest) => {
  const device = await openDevice(await guest.process())
  const buffer = await getFd(device)
  for (const prot of [PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE]) {
    const options = { prot, flags: MAP_PRIVATE }
    await t.rejects(mapShared(buffer, options), { code: 'EINVAL' }, `dma-buf, prot ${prot}`)
    await t.rejects(mapShared(device, options), { code: 'EINVAL' }, `device, prot ${prot}`)
  }
  t.equal(await (await mapToRead(buffer)).cstring(), EXPORTER_GREETING)
})

test(
  'S11 buffers that are gone have given all their memory back',
  { modules: [exporterOfPages(1024)] },
  async (t, guest) => {
    const user = await guest.process()
    const rounds = 32
    await makeAndRelease()
    const before = await freeKib()
    for (let round = 0; round < rounds; round++) await makeAndRelease()
    const lost = before - (await freeKib())
    t.ok(lost < 2048, `${lost} KiB fewer are free after ${rounds} buffers of 4096 KiB`)

    async function makeAndRelease() {
      await (await newBuffer(user)).close()
    }
    async function freeKib() {
      return Number(/^MemFree:\s*(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1])
    }
  },
)
