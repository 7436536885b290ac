import { suite } from 'modprove'
import { exporterOfPages, importer, invariants, mapShared, newBuffer, PAGE } from './exporter.js'
import { quick } from './expectations.js'
import { Importer } from './importer.js'
import { IMPORTER_TO_DEVICE } from './uapi.js'

const test = suite('sizes: each is seen whole, from every side', { invariants })

/** First and last number of pages: every one up to 32, and those around larger powers of two. */
const RANGES = [
  ...Array.from({ length: 8 }, (_, index) => [4 * index + 1, 4 * index + 4] as const),
  ...[64, 128].map(power => [power - 1, power + 1] as const),
]

for (const [first, last] of RANGES) {
  test(
    `C31 C66 C75 programs, a device and the kernel see all of ${first} to ${last} pages`,
    { modules: [exporterOfPages(first), importer], needs: quick },
    async (t, guest) => {
      const user = await guest.process()
      for (let pages = first; pages <= last; pages++) {
        await guest.modules.unload('exporter')
        await guest.modules.load(exporterOfPages(pages))
        const size = pages * PAGE
        const buffer = await newBuffer(user)
        const mapping = await mapShared(buffer, { length: size })
        const bytes = Buffer.concat(
          Array.from({ length: pages }, (_, page) => Buffer.alloc(PAGE, `page ${page} `)),
        )
        await mapping.write(bytes)
        const session = await Importer.attached(buffer, 0)
        await session.map(0, IMPORTER_TO_DEVICE)
        await session.vmap()
        const seen = {
          programs: await mapping.read(),
          device: await session.deviceRead(size),
          kernel: await session.vmapRead(size),
        }
        for (const [side, read] of Object.entries(seen))
          t.ok(read.equals(bytes), `${side}: ${pages} pages`)
        for (const each of [session, buffer]) await each.close()
        await mapping.munmap()
      }
    },
  )
}
