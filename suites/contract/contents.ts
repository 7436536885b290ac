import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  O_RDONLY,
  O_RDWR,
  PROT_READ,
  PROT_WRITE,
  type DeclareTest,
  type Descriptor,
} from 'modprove'
import { mapShared, mapToRead, PAGE, pageTexts } from '../mappings.js'
import { ends, isReadOnly, mapFully, mark, stamp } from './access.js'
import { contentsOf, newBuffer, sizesOf, type Exporter } from './adapter.js'

/** Total bytes of the buffers that are made and released to find leaks. */
const LEAST_BYTES = 2 * 1024 * 1024
const ANONYMOUS = { prot: PROT_READ | PROT_WRITE, flags: MAP_PRIVATE | MAP_ANONYMOUS }

/** C27 to C33: what mmap of the dma-buf shows, and refuses. */
export function contentsPromises(test: DeclareTest, exporter: Exporter): void {
  const [one, four, large] = [exporter.of(1), exporter.of(4), exporter.of(1024)]
  /** Read-only, so that only the range decides. */
  const mapRange = (buffer: Descriptor, range: { offset?: number; length?: number }) =>
    mapShared(buffer, { ...range, prot: PROT_READ })
  const onePage = { modules: one.modules }
  const fourPages = { modules: four.modules }

  const usualAndLargest = [four.pages, large.pages]
  for (const sized of sizesOf(exporter).filter(({ pages }) => usualAndLargest.includes(pages))) {
    const { modules, pages, size } = sized
    test(
      `C27 every other byte of ${pages} pages is zero, whatever they held before (S2)`,
      { modules },
      async (t, guest) => {
        const user = await guest.process()
        const mapNew = async () => {
          const buffer = await newBuffer(sized, user)
          const mapped = await mapFully(exporter, buffer, { length: size })
          await buffer.close()
          return mapped
        }
        // Freed full of noise, these pages are likely to be the next buffer's.
        const canWrite = exporter.modes.includes(O_RDWR)
        const used = canWrite
          ? await mapNew()
          : await user.mmap(null, { length: size, ...ANONYMOUS })
        await using noise = await user.open('/dev/urandom', O_RDONLY)
        await user.syscall('read', noise, used.address, size)
        await used.munmap()
        t.ok(contentsOf(exporter, sized).equals(await (await mapNew()).read()))
      },
    )
  }

  test('C28 a mapping longer than the buffer is refused', fourPages, async (t, guest) => {
    const buffer = await newBuffer(four, await guest.process())
    for (const length of [four.size + 1, four.size + PAGE, 2 * four.size]) {
      await t.rejects(mapRange(buffer, { length }), { code: 'EINVAL' }, `${length} bytes`)
    }
    const short = await mapRange(buffer, { length: four.size - 1 })
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
        await t.rejects(mapRange(buffer, range), { code: 'EINVAL' }, name)
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

  for (const sized of sizesOf(exporter)) {
    const { modules, pages, size } = sized
    test(
      `C31 an offset of n pages maps page n, and a buffer of ${pages} pages is mapped to its end`,
      { modules },
      async (t, guest) => {
        const buffer = await newBuffer(sized, await guest.process())
        const texts = await stamp(exporter, sized, buffer)
        const whole = await mapRange(buffer, { length: size })
        t.strictSame(await pageTexts(whole), texts, 'the whole')
        for (const [page, text] of ends(texts)) {
          const offset = page * PAGE
          const alone = await mapRange(buffer, { offset })
          t.equal(await alone.cstring(), text, `page ${page}`)
          const rest = await mapRange(buffer, { offset, length: size - offset })
          t.equal(await rest.cstring(rest.length - PAGE), texts.at(-1), `from page ${page} on`)
        }
      },
    )
  }

  test('C31 a mapping of a part changes nothing behind it', fourPages, async (t, guest) => {
    const user = await guest.process()
    const buffer = await newBuffer(four, user)
    const [first] = await stamp(exporter, four, buffer)
    const around = await user.mmap(null, { length: four.size + PAGE, ...ANONYMOUS })
    const flags = MAP_SHARED | MAP_FIXED
    await buffer.mmap({ address: around.address, length: PAGE, prot: PROT_READ, flags })
    t.equal(await around.cstring(), first)
    const behind = await around.read(PAGE)
    t.ok(behind.equals(Buffer.alloc(four.size)), 'what was fresh memory still is')
  })

  test(
    'who asks at the same time gets a buffer of his own, or the one for all',
    onePage,
    async (t, guest) => {
      const user = await guest.process()
      const [first, second] = [await newBuffer(one, user), await newBuffer(one, user)]
      const isSame = (await first.fstat()).ino === (await second.fstat()).ino
      t.equal(isSame, exporter.oneBufferForAll ?? false)
      const text = await mark(exporter, first, 'written to the first')
      const seen = await (await mapToRead(second)).cstring()
      t.equal(seen, exporter.oneBufferForAll ? text : exporter.greeting)
    },
  )

  test('C32 two shared mappings show each other what is written', onePage, async (t, guest) => {
    if (isReadOnly(t, exporter)) return
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
      const text = await mark(exporter, buffer, 'still here')
      t.equal(await (await mapToRead(buffer)).cstring(), text)
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
      const isSmall = large.size < LEAST_BYTES
      if (isSmall && guest.kernel.flavour === 'debug')
        return t.plan(0, 'its buffers are too small to outweigh what KASAN keeps of freed memory')
      const user = await guest.process()
      // Enough rounds that a leak of a page per buffer exceeds the noise.
      const rounds = Math.max(32, LEAST_BYTES / large.size)
      await makeAndRelease()
      const before = await freeKib()
      for (let round = 0; round < rounds; round++) await makeAndRelease()
      const lost = before - (await freeKib())
      // KASAN's quarantine delays frees, but not of half of every buffer.
      const mostKib = (rounds * large.size) / 1024 / 2
      t.ok(
        lost < mostKib,
        `${lost} KiB fewer are free after ${rounds} buffers of ${large.size / 1024} KiB`,
      )

      async function makeAndRelease() {
        await (await newBuffer(large, user)).close()
      }
      async function freeKib() {
        return Number(/^MemFree:\s*(\d+) kB$/m.exec(await guest.readFile('/proc/meminfo'))?.[1])
      }
    },
  )
}

/** C33, for an exporter that allows a private mapping of one page. */
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
