import { O_RDWR, type DeclareTest, type Test, type TestGuest } from 'modprove'
import { kernelMappings } from '../held.js'
import { Importer } from '../importer.js'
import { mapToRead, PAGE, pageTexts } from '../mappings.js'
import { ends, isReadOnly, mapFully, mark, stamp } from './access.js'
import { newBuffer, sizesOf, type Exporter } from './adapter.js'
import { withImporter } from './importing.js'
import { released } from './released.js'

/** C75: the buffer as the kernel maps it, or a harmless refusal. */
export function vmapPromises(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)
  const options = withImporter(four)
  const { greeting } = exporter
  const seen = Buffer.from(greeting).length
  const mappings = (guest: TestGuest) => kernelMappings(guest, exporter.vmapCaller)

  for (const sized of sizesOf(exporter)) {
    const { pages, size } = sized
    test(
      `C75 the kernel sees the same bytes as user space, all ${pages} pages in order (S10)`,
      withImporter(sized),
      async (t, guest) => {
        const buffer = await newBuffer(sized, await guest.process())
        const session = await Importer.attached(buffer)
        if (await isRefused(t, guest, session)) return
        await session.vmap()
        t.equal((await session.vmapRead(PAGE)).toString('utf8', 0, seen), greeting)
        const texts = await stamp(exporter, sized, buffer)
        for (const [page, text] of ends(texts)) {
          t.equal((await session.vmapRead(text.length, page * PAGE)).toString(), text)
        }
        if (!exporter.modes.includes(O_RDWR)) return
        await session.vmapWrite('from the kernel\0', size - PAGE)
        const last = await mapFully(exporter, buffer, { offset: size - PAGE })
        t.strictSame(await pageTexts(last), ['from the kernel'])
        await session.vunmap()
      },
    )
  }

  test(
    'C75 a nested vmap has the same address, and the last vunmap frees it',
    options,
    async (t, guest) => {
      const buffer = await newBuffer(four, await guest.process())
      const session = await Importer.attached(buffer)
      if (await isRefused(t, guest, session)) return
      const before = await mappings(guest)
      const address = await session.vmap()
      t.equal(await session.vmap(), address)
      const { vmapIsListed } = exporter.policies(guest.kernel)
      t.equal(await mappings(guest), before + (vmapIsListed ? 1 : 0), 'one area for both')
      await session.vunmap()
      const text = await mark(exporter, buffer, 'still there')
      t.equal((await session.vmapRead(text.length)).toString(), text, 'for the other')
      await session.vunmap()
      t.equal(await mappings(guest), before)
      await t.rejects(session.vunmap(), { code: 'ENOTCONN' })
    },
  )

  test('C75 two importers share one vmap', options, async (t, guest) => {
    if (isReadOnly(t, exporter)) return
    const buffer = await newBuffer(four, await guest.process())
    const [one, two] = [await Importer.attached(buffer), await Importer.attached(buffer)]
    if (await isRefused(t, guest, one)) return
    t.equal(await one.vmap(), await two.vmap())
    await one.close()
    await two.vmapWrite('still mapped\0')
    t.equal(await (await mapToRead(buffer)).cstring(), 'still mapped')
  })

  test(
    'C75 an importer that vmapped holds the buffer when every descriptor is closed',
    options,
    async (t, guest) => {
      const buffer = await newBuffer(four, await guest.process())
      const session = await Importer.attached(buffer)
      if (await isRefused(t, guest, session)) return
      await session.vmap()
      await buffer.close()
      t.equal((await session.vmapRead(PAGE)).toString('utf8', 0, seen), greeting)
      t.equal(await released(guest, exporter), 0)
      await session.close()
      t.equal(await released(guest, exporter), 1)
    },
  )

  /** An exporter without vmap refuses it, and the buffer does not change. */
  async function isRefused(t: Test, guest: TestGuest, session: Importer): Promise<boolean> {
    const { vmap } = exporter.policies(guest.kernel)
    if (vmap === undefined) return false
    await t.rejects(session.vmap(), { code: vmap })
    await t.rejects(session.vunmap(), { code: 'ENOTCONN' }, 'nothing was mapped')
    return true
  }
}
