import { suite, type TestGuest } from '../harness/suite.js'
import { exporter, importer, invariants } from './exporter.js'

const test = suite('races of two threads', {
  modules: [exporter, importer],
  invariants,
  timeoutMs: 60_000,
})

/** An emulated machine that watches its memory needs ten times as long. */
const operations = ({ kernel }: TestGuest) =>
  ['debug', 'race'].includes(kernel.flavour) ? '20' : '200'

test('C82 a descriptor is closed by another thread, perhaps before the ioctl that makes it returns', async (t, guest) => {
  await guest.tap(t, 'races', ['closing', operations(guest)])
})

test('C82 the kernel hands buffers to an importer while their devices open and close', async (t, guest) => {
  await guest.tap(t, 'races', ['handing', operations(guest)])
})
