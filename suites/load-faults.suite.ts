import { suite, sweepLoad, sweepUnload } from 'modprove'
import { exporter, invariants } from './exporter.js'

const test = suite('faults of load and unload: every allocation fails in turn', {
  invariants,
  needs: { flavours: ['debug'] },
  timeoutMs: 900_000,
})

/** If platform_device_add() cannot allocate its name, device_add() returns EINVAL. */
const OF_PLATFORM_DEVICES = ['ENOMEM', 'EFAULT', 'EINVAL']

for (const [name, modules, errors] of [
  ['exporter', [], undefined],
  ['importer', [exporter], OF_PLATFORM_DEVICES],
] as const) {
  test(
    `C81 a load of the ${name} fails cleanly at each of its allocations`,
    { modules },
    (t, guest) => sweepLoad(t, guest, name, errors),
  )
  test(
    `C81 an unload of the ${name} does its work though allocations fail`,
    { modules },
    (t, guest) => sweepUnload(t, guest, name),
  )
}
