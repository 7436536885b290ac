import type { DeclareTest, Test, TestGuest } from '../../harness/suite.js'
import { kernelMappings } from '../held.js'
import { Importer } from '../importer.js'
import { mapShared, PAGE, stampPages } from '../mappings.js'
import { newBuffer, type Exporter } from './adapter.js'
import { withImporter } from './importing.js'
import { released } from './released.js'

/** C75: the buffer as the kernel sees it, or a refusal that harms nothing. */
export function vmapPromises(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)
  const options = withImporter(four)
  const { greeting } = exporter
  const seen = Buffer.from(greeting).length
  const mappings = (guest: TestGuest) => kernelMappings(guest, exporter.vmapCaller)

  test(
    'C75 the kernel sees the same bytes as user space, all pages in order (S10)',
    options,
    async (t, guest) => {
      const buffer = await newBuffer(four, await guest.process())
      const pages = await mapShared(buffer, { length: four.size })
      const session = await Importer.attached(buffer)
      if (await isRefused(t, guest, session)) return
      await session.vmap()
      t.equal((await session.vmapRead(PAGE)).toString('utf8', 0, seen), greeting)
      await stampPages(pages)
      t.ok((await session.vmapRead(four.size)).equals(await pages.read()))
      await session.vmapWrite('from the kernel\0', 3 * PAGE)
      t.equal(await pages.cstring(3 * PAGE), 'from the kernel')
      await session.vunmap()
    },
  )

  test(
    'C75 a nested vmap has the same address, and the last vunmap frees it',
    options,
    async (t, guest) => {
      const session = await Importer.attached(await newBuffer(four, await guest.process()))
      if (await isRefused(t, guest, session)) return
      const before = await mappings(guest)
      const address = await session.vmap()
      t.equal(await session.vmap(), address)
      const { vmapIsListed } = exporter.policies(guest.kernel)
      t.equal(await mappings(guest), before + (vmapIsListed ? 1 : 0), 'one area for both')
      await session.vunmap()
      await session.vmapWrite('still there')
      t.equal((await session.vmapRead(11)).toString(), 'still there', 'for the other')
      await session.vunmap()
      t.equal(await mappings(guest), before)
      await t.rejects(session.vunmap(), { code: 'ENOTCONN' })
    },
  )

  test('C75 two importers share one vmap', options, async (t, guest) => {
    const buffer = await newBuffer(four, await guest.process())
    const [one, two] = [await Importer.attached(buffer), await Importer.attached(buffer)]
    if (await isRefused(t, guest, one)) return
    t.equal(await one.vmap(), await two.vmap())
    await one.close()
    await two.vmapWrite('still mapped\0')
    t.equal(await (await mapShared(buffer)).cstring(), 'still mapped')
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

  /** An exporter without vmap refuses it, and the buffer is as it was. */
  async function isRefused(t: Test, guest: TestGuest, session: Importer): Promise<boolean> {
    const { vmap } = exporter.policies(guest.kernel)
    if (vmap === undefined) return false
    await t.rejects(session.vmap(), { code: vmap })
    await t.rejects(session.vunmap(), { code: 'ENOTCONN' }, 'nothing was mapped')
    return true
  }
}
