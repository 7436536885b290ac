import { suite, type TestGuest } from '../harness/suite.js'
import { exporter, exporterOfPages, invariants } from './exporter.js'

const test = suite('threads in a hurry', { modules: [exporter], invariants, timeoutMs: 60_000 })

/** An emulated machine with KASAN needs some 100 ms for what a plain one does in 2. */
const operations = ({ kernel }: TestGuest) => (kernel.flavour === 'debug' ? '10' : '100')

test('C82 sixteen threads export, map and close at once', async (t, guest) => {
  await guest.tap(t, 'threads', ['16', operations(guest)])
})

test(
  'C82 sixteen threads do so with buffers of several pages',
  { modules: [exporterOfPages(8)] },
  async (t, guest) => {
    await guest.tap(t, 'threads', ['16', operations(guest)])
  },
)
