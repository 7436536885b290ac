import type { DeclareTest } from 'modprove'
import { dmaMappings } from '../held.js'
import { Importer } from '../importer.js'
import { IMPORTER_BIDIRECTIONAL, IMPORTER_FROM_DEVICE, IMPORTER_TO_DEVICE } from '../uapi.js'
import { newBuffer, type Exporter } from './adapter.js'
import { withImporter } from './importing.js'

/**
 * C72, for an exporter whose attachments keep their first mapping (dma-buf.c, cache_sgt_mapping).
 */
export function keptMappingPromise(test: DeclareTest, exporter: Exporter): void {
  const four = exporter.of(4)

  test(
    'C72 a kept mapping is given again for its own direction, and gone with its attachment',
    withImporter(four),
    async (t, guest) => {
      if (!exporter.policies(guest.kernel).keepsDmaMapping) {
        t.plan(0, 'each mapping is made anew on this kernel')
        return
      }
      const session = await Importer.attached(await newBuffer(four, await guest.process()))
      const before = await dmaMappings(guest)
      await session.attach()
      await session.map(0, IMPORTER_TO_DEVICE)
      const first = await session.segments()
      await session.unmap()
      for (const direction of [IMPORTER_FROM_DEVICE, IMPORTER_BIDIRECTIONAL]) {
        await t.rejects(session.map(0, direction), { code: 'EBUSY' }, `direction ${direction}`)
      }
      await session.map(0, IMPORTER_TO_DEVICE)
      t.strictSame(await session.segments(), first)
      await session.unmap()
      await session.detach()
      t.equal(await dmaMappings(guest), before)

      await session.attach()
      await t.resolves(session.map(0, IMPORTER_FROM_DEVICE), 'a new attachment may have another')
    },
  )
}
