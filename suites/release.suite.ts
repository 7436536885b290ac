import { suite } from '../harness/suite.js'
import { exporter } from './adapters/exporter.js'
import { withImporter } from './contract/importing.js'
import { live, released } from './contract/released.js'
import { releasePromises } from './contract/release.js'
import { openDevice } from './exporter.js'

const test = suite('release on the last close', {
  ...withImporter(exporter.of(1)),
  invariants: exporter.invariants,
})

releasePromises(test, exporter)

test('C78 an open device alone holds its buffer, and releases it on close', async (t, guest) => {
  const device = await openDevice(await guest.process())
  t.equal((await live(guest, exporter)).length, 1)
  await device.close()
  t.equal(await released(guest, exporter), 1)
  t.strictSame(await live(guest, exporter), [])
})
