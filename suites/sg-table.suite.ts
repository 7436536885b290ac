import { suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { newBuffer } from './contract/adapter.js'
import { withImporter } from './contract/importing.js'
import { tablePromises } from './contract/sg-table.js'
import { importer } from './exporter.js'
import { Importer } from './importer.js'
import { EXPORTER_GREETING } from './uapi.js'

const four = exporter.of(4)

const test = suite('sg_table: the buffer as a device sees it', {
  ...withImporter(four),
  invariants: exporter.invariants,
})

tablePromises(test, exporter)

// Only ours: elsewhere dma_map_sgtable() warns, maps nothing, and succeeds (__dma_map_sg_attrs()).
test(
  'C74 a device without a DMA mask is refused its mapping, and the others work',
  { modules: [...four.modules, { ...importer, parameters: { maskless: 1 } }] },
  async (t, guest) => {
    const session = await Importer.attached(await newBuffer(four, await guest.process()), 0, 1)
    await t.rejects(session.map(1), { code: 'EIO' })
    await t.rejects(session.segments(1), { code: 'ENOTCONN' })
    await session.map(0)
    t.equal((await session.deviceRead(11)).toString(), EXPORTER_GREETING)
    await session.detach(1)
  },
)
