import { suite, withQuietConsole, type TestGuest } from 'modprove'
import { exporter, importer, invariants } from './exporter.js'

const test = suite('races of two threads', {
  modules: [exporter, importer],
  invariants,
  timeoutMs: 60_000,
})

/** By flavour. Emulation with every access checked takes ten times as long. */
const OPERATIONS: Readonly<Record<string, string>> = {
  debug: '20',
  // Enough for KCSAN to see races on a field that each thread writes once per operation.
  race: '300',
}
const operations = ({ kernel }: TestGuest) => OPERATIONS[kernel.flavour] ?? '200'

test('C82 a descriptor is closed by another thread, perhaps before the ioctl that makes it returns', async (t, guest) => {
  await guest.tap(t, 'races', ['closing', operations(guest)])
})

test('C82 the kernel hands buffers to an importer while their devices open and close', async (t, guest) => {
  await guest.tap(t, 'races', ['handing', operations(guest)])
})

test('C82 two threads open and close the device at once', async (t, guest) => {
  await withQuietConsole(guest, () => guest.tap(t, 'races', ['opening', operations(guest)]))
})

test('C82 two importers map one buffer while its CPU turns begin and end', async (t, guest) => {
  await withQuietConsole(guest, () => guest.tap(t, 'races', ['mapping', operations(guest)]))
})
