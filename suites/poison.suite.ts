import { modulePages, suite, withQuietConsole } from 'modprove'
import {
  exporterOfPages,
  importer,
  invariants,
  mapShared,
  newBuffer,
  openDevice,
  PAGE,
} from './exporter.js'
import { Importer } from './importer.js'
import { EXPORTER_GREETING, IMPORTER_TO_DEVICE } from './uapi.js'

const PAGES = 8
const SIZE = PAGES * PAGE
/** include/linux/poison.h, PAGE_POISON */
const POISON = 0xaa

const test = suite("poison: pages that were somebody else's", {
  modules: [exporterOfPages(PAGES), importer],
  invariants,
  needs: { flavours: ['poison'] },
})

test(
  'C27 sixteen hundred buffers of pages that were poisoned when freed are zero but for the greeting',
  { timeoutMs: 60_000 },
  async (t, guest) => {
    t.match(await guest.readFile('/proc/cmdline'), /page_poison=1 .*init_on_alloc=0/)
    await withQuietConsole(guest, () => guest.tap(t, 'threads', ['16', '100']))
  },
)

test("C84 a mapping shows no poison when every descriptor is closed, and its pages are still the exporter's", async (t, guest) => {
  const user = await guest.process()
  const device = await openDevice(user)
  const pages = await mapShared(device, { length: SIZE })
  await device.close()
  // Freed pages would be poisoned, and soon reused.
  for (let round = 0; round < 8; round++) {
    await mapShared(await newBuffer(user), { length: SIZE })
    await (await newBuffer(user)).close()
  }
  const bytes = await pages.read()
  t.notOk(bytes.includes(POISON), 'no byte of it is poison')
  t.equal(await pages.cstring(), EXPORTER_GREETING)
  t.equal((await modulePages(guest)).length, 9 * PAGES, 'this one and eight others')
})

test('C78 a release gives back every page, and only then', async (t, guest) => {
  const held = async () => (await modulePages(guest)).length
  const user = await guest.process()
  const buffer = await newBuffer(user)
  const pages = await mapShared(buffer, { length: SIZE })
  t.equal(await held(), PAGES)
  await buffer.close()
  t.equal(await held(), PAGES, 'the mapping holds them')
  await pages.munmap()
  t.equal(await held(), 0)
})

test("C67 the device's addresses are those of the pages that the exporter allocated", async (t, guest) => {
  const session = await Importer.attached(await newBuffer(await guest.process()), 0)
  await session.map(0, IMPORTER_TO_DEVICE)
  const ofDevice = (await session.segments()).flatMap(({ address, length }) =>
    Array.from({ length: length / PAGE }, (_, index) => address / BigInt(PAGE) + BigInt(index)),
  )
  t.strictSame(ofDevice.sort(), (await modulePages(guest)).sort())
})
