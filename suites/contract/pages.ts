import {
  MADV_DONTNEED,
  MREMAP_DONTUNMAP,
  MREMAP_MAYMOVE,
  type DeclareTest,
  type TestGuest,
} from 'modprove'
import { mapShared, PAGE, stampPages, kindFlags, writtenFrom } from '../mappings.js'
import { expectations } from '../expectations.js'
import { newBuffer, type Exporter } from './adapter.js'

/**
 * C37 to C40 for a mapping whose pages each fault finds: it may grow, be zapped and be pinned, and
 * still shows only the buffer's own bytes.
 */
export function pagesPromises(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)
  const { modules, size } = four
  const mapAll = async (guest: TestGuest) => {
    const pages = await mapShared(await newBuffer(four, await guest.process()), { length: size })
    await stampPages(pages)
    return pages
  }
  const applies = (guest: TestGuest) => exporter.policies(guest.kernel).maps === 'pages'
  const OTHERS = 'its mappings are made of page frames on this kernel'

  test('C37 what a mapping grows beyond the buffer is no memory', { modules }, async (t, guest) => {
    if (!applies(guest)) return t.plan(0, OTHERS)
    const longer = await (await mapAll(guest)).mremap({ length: size + 2 * PAGE })
    t.equal(await longer.cstring(size - PAGE), 'page 3')
    for (const offset of [size, size + PAGE]) {
      await t.rejects(longer.read(offset, 1), { code: 'SIGBUS' }, `read at ${offset}`)
      await t.rejects(longer.write('x', offset), { code: 'SIGBUS' }, `write at ${offset}`)
    }
  })

  test(
    'C37 a mapping that is doubled or left behind shows the same bytes',
    { modules },
    async (t, guest) => {
      if (!applies(guest)) return t.plan(0, OTHERS)
      const pages = await mapAll(guest)
      const double = await pages.mremap({ oldLength: 0, length: size })
      const move = pages.mremap({ length: size, flags: MREMAP_MAYMOVE | MREMAP_DONTUNMAP })
      const { dontunmapShared } = expectations(guest.kernel)
      if (!dontunmapShared) await t.rejects(move, { code: 'EINVAL' })
      const mappings = [pages, double, ...(dontunmapShared ? [await move] : [])]
      await mappings.at(-1)?.write('written\0', PAGE)
      for (const mapping of mappings) {
        t.equal(await mapping.cstring(PAGE), 'written')
        t.equal(await mapping.cstring(2 * PAGE), 'page 2')
      }
    },
  )

  test('C38 smaps shows neither I/O pages nor page frames', { modules }, async (t, guest) => {
    if (!applies(guest)) return t.plan(0, OTHERS)
    const expected = exporter.policies(guest.kernel).vmFlags
    t.strictSame(await kindFlags(await mapAll(guest)), expected)
  })

  test(
    'C39 the kernel copies from the mapping, and may hold its pages',
    { modules },
    async (t, guest) => {
      if (!applies(guest)) return t.plan(0, OTHERS)
      const other = await guest.process()
      const pages = await mapAll(guest)
      const bytes = await pages.read()
      t.ok((await writtenFrom(pages)).equals(bytes))
      t.ok((await other.processVmReadv(pages.process.pid, pages.address, size)).equals(bytes))
    },
  )

  test('C40 after MADV_DONTNEED the bytes are still there', { modules }, async (t, guest) => {
    if (!applies(guest)) return t.plan(0, OTHERS)
    const pages = await mapAll(guest)
    const before = await pages.read()
    await pages.madvise(MADV_DONTNEED)
    t.ok(before.equals(await pages.read()))
  })
}
