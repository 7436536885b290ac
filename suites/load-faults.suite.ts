import { O_CLOEXEC, O_NONBLOCK, O_RDONLY, suite, sweep } from 'modprove'
import { exporter, invariants } from './exporter.js'

const test = suite('faults of load and unload: every allocation fails in turn', {
  invariants,
  needs: { flavours: ['debug'] },
  timeoutMs: 900_000,
})

/** If platform_device_add() cannot allocate its name, device_add() returns EINVAL. */
const OF_PLATFORM_DEVICES = ['ENOMEM', 'EFAULT', 'EINVAL']

for (const [name, loaded, errors] of [
  ['exporter', [], undefined],
  ['importer', [exporter], OF_PLATFORM_DEVICES],
] as const) {
  const options = { modules: loaded }
  test(
    `C81 a load of the ${name} fails cleanly at each of its allocations`,
    options,
    async (t, guest) => {
      await sweep(t, guest, {
        process: await guest.process(),
        name: `finit_module of the ${name}`,
        tries: 1,
        ...(errors === undefined ? {} : { errors }),
        prepare: user => user.open(guest.modules.path(name), O_RDONLY | O_CLOEXEC),
        call: (armed, file) => armed.finitModule(file),
        undo: async (file, { error }, user) => {
          await file.close()
          if (error === undefined) await user.deleteModule(name, O_NONBLOCK)
        },
      })
    },
  )

  test(
    `C81 an unload of the ${name} does its work though allocations fail`,
    options,
    async (t, guest) => {
      await sweep(t, guest, {
        process: await guest.process(),
        name: `delete_module of the ${name}`,
        tries: 1,
        prepare: async user => {
          await using file = await user.open(guest.modules.path(name), O_RDONLY | O_CLOEXEC)
          await user.finitModule(file)
        },
        call: armed => armed.deleteModule(name, O_NONBLOCK),
        undo: async (_, { error }, user) => {
          if (error !== undefined) await user.deleteModule(name, O_NONBLOCK)
        },
      })
    },
  )
}
