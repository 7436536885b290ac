import { suite, withQuietConsole, type TestGuest } from '../harness/suite.js'
import { syncFiles } from './expectations.js'
import { exporter, exporterOfPages, importer, invariants } from './exporter.js'
import { fencesLeft, fencesTaint } from './sw-sync.js'

const test = suite('threads in a hurry', {
  modules: [exporter, importer],
  invariants: [...invariants, fencesLeft],
  taints: fencesTaint,
  timeoutMs: 60_000,
})

/** An emulated machine with KASAN needs some 100 ms for what a plain one does in 2. */
const operations = ({ kernel }: TestGuest) => (kernel.flavour === 'debug' ? '10' : '100')

test('C82 sixteen threads export, map, poll, sync, import, detach and close at once', async (t, guest) => {
  await withQuietConsole(guest, () => guest.tap(t, 'threads', ['16', operations(guest)]))
})

test(
  'C82 sixteen threads do so with buffers of several pages',
  { modules: [exporterOfPages(8), importer] },
  async (t, guest) => {
    await withQuietConsole(guest, () => guest.tap(t, 'threads', ['16', operations(guest)]))
  },
)

test(
  'C58 buffers are closed for the last time while epoll looks at them',
  { needs: syncFiles },
  async (t, guest) => {
    await withQuietConsole(guest, () => guest.tap(t, 'epoll', ['4', operations(guest)]))
  },
)
