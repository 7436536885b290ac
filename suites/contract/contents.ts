import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
  type DeclareTest,
} from '../../harness/suite.js'
import { mapShared, mapToRead, PAGE, stampPages } from '../mappings.js'
import { newBuffer, type Exporter } from './adapter.js'

/** C27 to C33: what mmap of the dma-buf shows, and what it refuses. */
export function contentsPromises(test: DeclareTest, exporter: Exporter): void {
  const [one, four, large] = [exporter.of(1), exporter.of(4), exporter.of(1024)]
  const onePage = { modules: one.modules }
  const fourPages = { modules: four.modules }

  test(
    'C27 every other byte is zero, whatever the pages held before (S2)',
    fourPages,
    async (t, guest) => {
      const user = await guest.process()
      for (let round = 0; round < 4; round++) {
        const buffer = await newBuffer(four, user)
        const pages = await mapShared(buffer, { length: four.size })
        const expected = Buffer.alloc(four.size)
        expected.write(exporter.greeting)
        t.ok(expected.equals(await pages.read()), `round ${round}`)
        // The pages go back to the allocator full of this, and the next buffer is likely to get them.
        await pages.write(Buffer.alloc(four.size, 0xa5))
        await pages.munmap()
        await buffer.close()
      }
    },
  )

  test('C28 a mapping longer than the buffer is refused', fourPages, async (t, guest) => {
    const buffer = await newBuffer(four, await guest.process())
    for (const length of [four.size + 1, four.size + PAGE, 2 * four.size]) {
      await t.rejects(mapShared(buffer, { length }), { code: 'EINVAL' }, `${length} bytes`)
    }
    const short = await mapShared(buffer, { length: four.size - 1 })
    t.equal(await short.cstring(), exporter.greeting)
  })

  test(
    'C29 a mapping that begins or ends beyond the buffer is refused',
    fourPages,
    async (t, guest) => {
      const buffer = await newBuffer(four, await guest.process())
      const beyond = [
        { offset: four.size, length: PAGE },
        { offset: PAGE, length: four.size },
        { offset: four.size - PAGE, length: 2 * PAGE },
        { offset: 1024 * four.size, length: PAGE },
      ]
      for (const range of beyond) {
        const name = `${range.length} bytes at ${range.offset}`
        await t.rejects(mapShared(buffer, range), { code: 'EINVAL' }, name)
      }
    },
  )

  test('C30 crooked, wrapping and empty ranges are refused', onePage, async (t, guest) => {
    const buffer = await newBuffer(one, await guest.process())
    const map = (offset: number | bigint, length: number) =>
      buffer.mmap({ length, offset, prot: PROT_READ, flags: MAP_SHARED })
    await t.rejects(map(1, PAGE), { code: 'EINVAL' }, 'unaligned offset')
    await t.rejects(map(0xfffffffffffff000n, PAGE), { code: 'EOVERFLOW' }, 'wrapping offset')
    await t.rejects(map(0, 0), { code: 'EINVAL' }, 'no length')
  })

  test('C31 an offset of n pages maps page n', fourPages, async (t, guest) => {
    const buffer = await newBuffer(four, await guest.process())
    await stampPages(await mapShared(buffer, { length: four.size }))
    for (let page = 0; page < four.pages; page++) {
      const alone = await mapShared(buffer, { offset: page * PAGE })
      t.equal(await alone.cstring(), `page ${page}`)
      const toTheEnd = { offset: page * PAGE, length: four.size - page * PAGE }
      const rest = await mapShared(buffer, toTheEnd)
      t.equal(await rest.cstring(rest.length - PAGE), `page ${four.pages - 1}`)
    }
  })

  test('C31 a mapping of a part changes nothing behind it', fourPages, async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(four, user)
    const { size } = four
    await stampPages(await mapShared(buffer, { length: size }))
    const prot = PROT_READ | PROT_WRITE
    const around = await user.mmap(null, { length: size, prot, flags: MAP_PRIVATE | MAP_ANONYMOUS })
    const flags = MAP_SHARED | MAP_FIXED
    await buffer.mmap({ address: around.address, length: PAGE, prot, flags })
    t.equal(await around.cstring(), 'page 0')
    const behind = await around.read(PAGE)
    t.ok(behind.equals(Buffer.alloc(size - PAGE)), 'what was fresh memory still is')
  })

  test('C32 two shared mappings show each other what is written', onePage, async (t, guest) => {
    const buffer = await newBuffer(one, await guest.process())
    const [first, second] = [await mapShared(buffer), await mapShared(buffer)]
    await first.write('by one\0')
    t.equal(await second.cstring(), 'by one')
    await second.write('by two\0', 100)
    t.equal(await first.cstring(100), 'by two')
  })

  test(
    'C32 what was written is still there after unmapping and mapping again',
    onePage,
    async (t, guest) => {
      const buffer = await newBuffer(one, await guest.process())
      const first = await mapShared(buffer)
      await first.write('still here\0')
      await first.munmap()
      t.equal(await (await mapToRead(buffer)).cstring(), 'still here')
    },
  )

  test(
    'C33 a private mapping is refused cleanly, to read or to write',
    fourPages,
    async (t, guest) => {
      const buffer = await newBuffer(four, await guest.process())
      const { privatePage } = exporter.policies(guest.kernel)
      const lengths = privatePage === 'copied' ? [four.size] : [PAGE, four.size]
      for (const prot of [PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE]) {
        for (const length of lengths) {
          const options = { prot, flags: MAP_PRIVATE, length }
          const name = `${length} bytes, prot ${prot}`
          await t.rejects(mapShared(buffer, options), { code: 'EINVAL' }, name)
        }
      }
      t.equal(await (await mapToRead(buffer)).cstring(), exporter.greeting)
    },
  )

  test(
    'S11 buffers that are gone have given all their memory back',
    { modules: large.modules, timeoutMs: 60_000 },
    async (t, guest) => {
      const user = await guest.process()
      const rounds = 32
      await makeAndRelease()
      const before = await freeKib()
      for (let round = 0; round < rounds; round++) await makeAndRelease()
      const lost = before - (await freeKib())
      // KASAN keeps what was freed for a while; half a buffer a round is no such thing.
      const mostKib = (rounds * large.size) / 1024 / 2
      t.ok(lost < mostKib, `${lost} KiB fewer are free after ${rounds} buffers of 4096 KiB`)

      async function makeAndRelease() {
        await (await newBuffer(large, user)).close()
      }
      async function freeKib() {
        return Number(/^MemFree:\s*(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1])
      }
    },
  )
}

/** C33, of an exporter that lets a single page be mapped privately. */
export function privatePagePromise(test: DeclareTest, exporter: Exporter): void {
  const one = exporter.of(1)
  test(
    'C33 what is written through a private mapping of one page stays private',
    { modules: one.modules },
    async (t, guest) => {
      if (exporter.policies(guest.kernel).privatePage === 'refused') {
        t.plan(0, 'private mappings are refused on this kernel')
        return
      }
      const buffer = await newBuffer(one, await guest.process())
      const shared = await mapShared(buffer)
      const own = await mapShared(buffer, { flags: MAP_PRIVATE })
      await shared.write('for all\0')
      t.equal(await own.cstring(), 'for all')
      await own.write('for me\0')
      t.equal(await own.cstring(), 'for me')
      t.equal(await shared.cstring(), 'for all')
    },
  )
}
