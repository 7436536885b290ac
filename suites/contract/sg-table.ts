import type { Calls, DeclareTest } from 'modprove'
import { devicesUseThePages } from '../expectations.js'
import { dmaMappings } from '../held.js'
import { Importer } from '../importer.js'
import { PAGE } from '../mappings.js'
import { IMPORTER_BIDIRECTIONAL, IMPORTER_FROM_DEVICE, IMPORTER_TO_DEVICE } from '../uapi.js'
import { ends, fullDirection, isReadOnly, mapFully, stamp } from './access.js'
import { newBuffer, sizesOf, type Exporter } from './adapter.js'
import { withImporter } from './importing.js'

/** Bytes: IO_TLB_SEGSIZE slots (include/linux/swiotlb.h), the longest that can be bounced. */
const LONGEST_BOUNCED = 256 * 1024

const directions = [
  ['both ways', IMPORTER_BIDIRECTIONAL],
  ['to the device', IMPORTER_TO_DEVICE],
  ['from the device', IMPORTER_FROM_DEVICE],
] as const

/** C66, C67, C70 and C71: a device's table. */
export function tablePromises(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)
  const options = withImporter(four)
  const direct = { ...options, needs: devicesUseThePages }
  const { size } = four
  /** Offset of the last page, in bytes. */
  const last = size - PAGE

  for (const [name, direction] of directions) {
    test(
      `C66 a table mapped ${name} has whole pages, the buffer's size in sum (S9)`,
      options,
      async (t, guest) => {
        const session = await Importer.attached(await newBuffer(four, await guest.process()), 0)
        const { deviceWrites } = exporter
        if (deviceWrites !== undefined && direction !== IMPORTER_TO_DEVICE) {
          await t.rejects(session.map(0, direction), { code: deviceWrites })
          return
        }
        await session.map(0, direction)
        const segments = await session.segments()
        t.equal(
          segments.reduce((sum, { length }) => sum + length, 0),
          size,
        )
        for (const { address, length } of segments) {
          t.equal(address % BigInt(PAGE), 0n, `address 0x${address.toString(16)}`)
          t.equal(length % PAGE, 0, `${length} bytes`)
        }
        await session.unmap()
      },
    )
  }

  for (const sized of sizesOf(exporter)) {
    test(
      `C66 the table of ${sized.pages} pages has them in their order, each once`,
      {
        ...withImporter(sized),
        ...(exporter.mergesNeighbours && sized.size > LONGEST_BOUNCED
          ? { needs: devicesUseThePages }
          : {}),
      },
      async (t, guest) => {
        const buffer = await newBuffer(sized, await guest.process())
        const texts = await stamp(exporter, sized, buffer)
        const session = await Importer.attached(buffer, 0)
        await session.map(0, IMPORTER_TO_DEVICE)
        for (const [page, text] of ends(texts)) {
          t.equal((await session.deviceRead(text.length, page * PAGE)).toString(), text)
        }
        const addresses = (await session.segments()).flatMap(({ address, length }) =>
          Array.from({ length: length / PAGE }, (_, index) => address + BigInt(index * PAGE)),
        )
        t.equal(addresses.length, sized.pages, 'as many pages as the buffer has')
        t.equal(new Set(addresses).size, sized.pages, 'each once')
      },
    )
  }

  test(
    "C67 the device's addresses are the pages' own: both sides see each other at once",
    direct,
    async (t, guest) => {
      if (isReadOnly(t, exporter)) return
      const { buffer } = await stamped(await guest.process())
      const pages = await mapFully(exporter, buffer, { length: size })
      const session = await Importer.attached(buffer, 0)
      await session.map(0, fullDirection(exporter))
      t.ok((await session.deviceRead(size)).equals(await pages.read()))
      await pages.write('from the CPU\0', last)
      t.equal((await session.deviceRead(12, last)).toString(), 'from the CPU')
      if (exporter.deviceWrites !== undefined) return
      await session.deviceWrite('from the device\0', last)
      t.equal(await pages.cstring(last), 'from the device')
    },
  )

  test('C67 two devices are given the same addresses', direct, async (t, guest) => {
    const session = await Importer.attached(await newBuffer(four, await guest.process()), 0, 1)
    await session.map(0, IMPORTER_TO_DEVICE)
    await session.map(1, IMPORTER_TO_DEVICE)
    t.strictSame(await session.segments(1), await session.segments(0))
  })

  test(
    'C70 each device has a table of its own; unmapping one leaves the other',
    options,
    async (t, guest) => {
      const { buffer, text } = await stamped(await guest.process())
      const session = await Importer.attached(buffer, 0, 1)
      await session.map(0, IMPORTER_TO_DEVICE)
      await session.map(1, IMPORTER_TO_DEVICE)
      const before = await session.segments(1)
      await session.unmap(0)
      await t.rejects(session.segments(0), { code: 'ENOTCONN' })
      t.strictSame(await session.segments(1), before)
      t.equal((await session.deviceRead(text.length, last, 1)).toString(), text)
      await session.detach(0)
      t.strictSame(await session.segments(1), before)
      t.equal((await session.deviceRead(text.length, last, 1)).toString(), text)
    },
  )

  test('C70 two importers of one device have tables of their own', options, async (t, guest) => {
    const { buffer, text } = await stamped(await guest.process())
    const [one, two] = [await Importer.attached(buffer, 0), await Importer.attached(buffer, 0)]
    await one.map(0, IMPORTER_TO_DEVICE)
    await two.map(0, IMPORTER_TO_DEVICE)
    await one.close()
    t.equal((await two.deviceRead(text.length, last)).toString(), text)
  })

  test(
    'C71 a thousand cycles of map and unmap leave no DMA mapping',
    // Only this flavour tracks DMA mappings.
    { ...options, needs: { flavours: ['debug'] }, timeoutMs: 120_000 },
    async (t, guest) => {
      const user = await guest.process()
      const session = await Importer.attached(await newBuffer(four, user), 0)
      const before = await dmaMappings(guest)
      // A kept mapping keeps its first direction, so the first one is bidirectional where possible.
      const only = exporter.deviceWrites === undefined ? undefined : IMPORTER_TO_DEVICE
      t.equal(await session.cycle(guest.programPath('cycles'), user, 1000, only), 0)
      if (exporter.policies(guest.kernel).keepsDmaMapping) await session.detach()
      t.equal(await dmaMappings(guest), before)
      await t.rejects(session.unmap(), { code: 'ENOTCONN' }, 'each was undone')
    },
  )

  /** A buffer with a number in every page, and the last page's text. */
  async function stamped(user: Calls) {
    const buffer = await newBuffer(four, user)
    const texts = await stamp(exporter, four, buffer)
    return { buffer, text: texts.at(-1) ?? '' }
  }
}
