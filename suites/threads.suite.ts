import { suite, withQuietConsole, type TestGuest } from 'modprove'
import { syncFiles } from './expectations.js'
import { exporter, exporterOfPages, importer, invariants } from './exporter.js'
import { fencesLeft, fencesTaint } from './sw-sync.js'

const test = suite('threads in a hurry', {
  modules: [exporter, importer],
  invariants: [...invariants, fencesLeft],
  taints: fencesTaint,
  timeoutMs: 60_000,
})

/** As many as fit the time with several CPUs: KASAN and lockdep are tens of times slower. */
const OPERATIONS: Readonly<Record<string, string>> = { race: '100', debug: '10' }
/** On one CPU threads alternate; they only check their data. */
const ON_ONE_PROCESSOR = '25'
const operations = ({ kernel }: TestGuest) => OPERATIONS[kernel.flavour] ?? ON_ONE_PROCESSOR

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
