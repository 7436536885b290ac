import { suite } from 'modprove'
import { exporter } from './adapters/exporter.js'
import { newBuffer } from './contract/adapter.js'
import { contentsPromises } from './contract/contents.js'
import { sizePromises } from './contract/size.js'
import { mapToRead } from './mappings.js'
import { EXPORTER_GREETING } from './uapi.js'

const one = exporter.of(1)
const { invariants } = exporter
const { modules } = one
const test = suite('mmap: size and contents of the buffer', { modules, invariants })

sizePromises(test, exporter)

test('C26 the buffer begins with the greeting (S2, S4)', async (t, guest) => {
  const page = await mapToRead(await newBuffer(one, await guest.process()))
  t.equal(await page.cstring(), EXPORTER_GREETING)
})

contentsPromises(test, exporter)
