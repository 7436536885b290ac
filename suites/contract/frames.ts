import {
  MADV_DONTNEED,
  MREMAP_DONTUNMAP,
  MREMAP_MAYMOVE,
  type DeclareTest,
  type TestGuest,
} from 'modprove'
import { PAGE, kindFlags, writtenFrom } from '../mappings.js'
import { mapFully } from './access.js'
import { newBuffer, type Exporter } from './adapter.js'

/**
 * C37 to C40 for a mapping of page frames (VM_PFNMAP): it cannot grow (mm/mremap.c), be zapped
 * (mm/madvise.c) or be pinned (mm/gup.c). `pages.ts` has the other kind.
 */
export function framesPromises(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)
  const { modules, size } = four
  const mapAll = async (guest: TestGuest) =>
    mapFully(exporter, await newBuffer(four, await guest.process()), { length: size })
  const applies = (guest: TestGuest) => exporter.policies(guest.kernel).maps === 'frames'
  const OTHERS = 'its mappings are made of pages on this kernel'

  test(
    'C37 a mapping cannot be made longer, doubled, or left behind empty',
    { modules },
    async (t, guest) => {
      if (!applies(guest)) return t.plan(0, OTHERS)
      const page = await mapFully(exporter, await newBuffer(four, await guest.process()))
      await t.rejects(page.mremap({ length: 2 * PAGE }), { code: 'EFAULT' }, 'longer')
      await t.rejects(page.mremap({ oldLength: 0, length: PAGE }), { code: 'EFAULT' }, 'doubled')
      const flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP
      await t.rejects(page.mremap({ length: PAGE, flags }), { code: 'EINVAL' }, 'left behind')
      t.equal(await page.cstring(), exporter.greeting)
    },
  )

  test(
    'C38 smaps shows I/O pages that are neither expanded nor dumped',
    { modules },
    async (t, guest) => {
      if (!applies(guest)) return t.plan(0, OTHERS)
      const expected = exporter.policies(guest.kernel).vmFlags
      t.strictSame(await kindFlags(await mapAll(guest)), expected)
    },
  )

  test(
    'C39 the kernel copies from the mapping, and takes no hold of its pages',
    { modules },
    async (t, guest) => {
      if (!applies(guest)) return t.plan(0, OTHERS)
      const other = await guest.process()
      const pages = await mapAll(guest)
      t.ok((await writtenFrom(pages)).equals(await pages.read()))
      await t.rejects(other.processVmReadv(pages.process.pid, pages.address, PAGE), {
        code: 'EFAULT',
      })
    },
  )

  test(
    'C39 vmsplice, which holds pages as O_DIRECT does, is refused',
    { modules },
    async (t, guest) => {
      if (!applies(guest)) return t.plan(0, OTHERS)
      // Direct I/O needs a block device, which no flavour has; both use iov_iter_get_pages().
      const pages = await mapAll(guest)
      const user = pages.process
      const [, end] = await user.pipe2()
      using vector = await user.memory.alloc(vectorOf(pages.address, PAGE))
      await t.rejects(user.syscall('vmsplice', end, vector.address, 1, 0), { code: 'EFAULT' })
      t.equal(await pages.cstring(), exporter.greeting)
    },
  )

  test('C40 MADV_DONTNEED is refused, and the bytes stay', { modules }, async (t, guest) => {
    if (!applies(guest)) return t.plan(0, OTHERS)
    const pages = await mapAll(guest)
    await t.rejects(pages.madvise(MADV_DONTNEED), { code: 'EINVAL' })
    t.equal(await pages.cstring(), exporter.greeting)
  })
}

/** struct iovec */
function vectorOf(address: bigint, length: number): Uint8Array {
  return new Uint8Array(new BigUint64Array([address, BigInt(length)]).buffer)
}
