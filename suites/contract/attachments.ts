import { sweep, type Calls, type DeclareTest } from 'modprove'
import { dmaMappings } from '../held.js'
import { Importer } from '../importer.js'
import { IMPORTER_TO_DEVICE } from '../uapi.js'
import { fullDirection, stamp } from './access.js'
import { newBuffer, type Exporter } from './adapter.js'
import { withImporter } from './importing.js'
import { live, released } from './released.js'

/** C64 to C77 without those about the table: importers attach and detach. */
export function attachmentPromises(test: DeclareTest, exporter: Exporter): void {
  const one = exporter.of(1)
  const options = withImporter(one)

  test('C62 one device attached by two importers is listed twice', options, async (t, guest) => {
    const buffer = await newBuffer(one, await guest.process())
    const devices = async () => (await live(guest, exporter))[0]?.devices
    const [first, second] = [await Importer.attached(buffer, 0), await Importer.attached(buffer, 0)]
    t.strictSame(await devices(), ['importer.0', 'importer.0'])
    await first.close()
    t.strictSame(await devices(), ['importer.0'])
    await second.close()
    t.strictSame(await devices(), [])
  })

  test(
    'C65 an attach that fails for want of memory says so, logs nothing and leaves nothing',
    { ...options, needs: { flavours: ['debug'] }, timeoutMs: 120_000 },
    async (t, guest) => {
      const lines = async () => (await exporter.log?.(guest))?.length ?? 0
      let before = 0
      await sweep(t, guest, {
        name: 'attach',
        invariants: exporter.invariants,
        process: await guest.process(),
        prepare: async user => {
          const buffer = await newBuffer(one, user)
          const session = await Importer.attached(buffer)
          before = await lines()
          return { buffer, session }
        },
        call: (armed, { session }) => session.by(armed).attach(),
        undo: async ({ buffer, session }, { error }) => {
          const attached = error === undefined ? ['importer.0'] : []
          t.strictSame((await live(guest, exporter))[0]?.devices, attached)
          if (exporter.log) t.equal((await lines()) - before, attached.length, 'lines logged')
          await session.close()
          await buffer.close()
        },
      })
    },
  )

  test('C72 a mapping can be made again after it was undone', options, async (t, guest) => {
    const { buffer, text } = await stamped(await guest.process())
    const session = await Importer.attached(buffer, 0)
    for (let round = 0; round < 3; round++) {
      await session.map(0, fullDirection(exporter))
      t.equal((await session.deviceRead(text.length)).toString(), text)
      await session.unmap()
    }
  })

  test(
    'C72 what is not attached cannot be mapped, nor what was detached',
    options,
    async (t, guest) => {
      const session = await Importer.attached(await newBuffer(one, await guest.process()))
      await t.rejects(session.map(), { code: 'ENOTCONN' }, 'before')
      await session.attach()
      await session.detach()
      await t.rejects(session.map(), { code: 'ENOTCONN' }, 'after')
    },
  )

  test(
    'C73 an attachment survives the close of every descriptor, and still maps',
    options,
    async (t, guest) => {
      const { buffer, text } = await stamped(await guest.process())
      const session = await Importer.attached(buffer, 0)
      await buffer.close()
      await session.map(0, fullDirection(exporter))
      t.equal((await session.deviceRead(text.length)).toString(), text)
      await session.unmap()
      await session.detach()
      t.equal(await released(guest, exporter), 0)
      await session.put()
      t.equal(await released(guest, exporter), 1)
    },
  )

  test(
    'C73 an importer that ends with mappings leaves neither them nor the buffer',
    options,
    async (t, guest) => {
      const user = await guest.process()
      const before = await dmaMappings(guest)
      const session = await Importer.attached(await newBuffer(one, user), 0, 1)
      // kernel/dma/debug.c reports overlapping mappings of a page unless they are TO_DEVICE.
      await session.map(0, IMPORTER_TO_DEVICE)
      await session.map(1, IMPORTER_TO_DEVICE)
      await user.terminate()
      t.equal(await released(guest, exporter), 1)
      t.strictSame(await live(guest, exporter), [])
      t.equal(await dmaMappings(guest), before)
    },
  )

  test(
    'C76 an importer refuses what is no dma-buf, and what is no descriptor',
    options,
    async (t, guest) => {
      const user = await guest.process()
      const session = await Importer.open(user)
      await t.rejects(session.import(await user.memfdCreate('no dma-buf')), { code: 'EINVAL' })
      const { device } = await one.open(user)
      await t.rejects(session.import(device), { code: 'EINVAL' }, 'the device')
      const closed = await newBuffer(one, user)
      await closed.close()
      await t.rejects(session.import(closed.fd), { code: 'EBADF' })
      await t.rejects(session.put(), { code: 'ENOTCONN' }, 'none of them was taken')
    },
  )

  test('C77 attach and detach without a map between leave nothing', options, async (t, guest) => {
    const session = await Importer.attached(await newBuffer(one, await guest.process()))
    for (let round = 0; round < 3; round++) {
      await session.attach()
      await session.detach()
    }
    t.strictSame((await live(guest, exporter))[0]?.devices, [])
    if (exporter.log) t.equal((await exporter.log(guest)).length, 6)
  })

  async function stamped(user: Calls) {
    const buffer = await newBuffer(one, user)
    const [text = ''] = await stamp(exporter, one, buffer)
    return { buffer, text }
  }
}
