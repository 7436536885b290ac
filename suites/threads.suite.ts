import { suite } from '../harness/suite.js'
import { exporter, exporterOfPages, invariants } from './exporter.js'

const test = suite('threads in a hurry', { modules: [exporter], invariants, timeoutMs: 120_000 })

test('C82 sixteen threads export, map and close at once', async (t, guest) => {
  await guest.tap(t, 'threads', ['16', '100'])
})

test(
  'C82 sixteen threads with buffers of several pages',
  { modules: [exporterOfPages(8)] },
  async (t, guest) => {
    await guest.tap(t, 'threads', ['16', '50'])
  },
)
