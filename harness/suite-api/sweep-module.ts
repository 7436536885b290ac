import type { Test } from 'tap'
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../guest/index.js'
import { sweepModule } from './sweep.js'
import type { TestGuest } from './test-guest.js'

/**
 * Loads a module with each of its allocations failing in turn, and unloads it when that succeeded.
 * Modules that it needs are loaded before, and it is not.
 *
 * @param errors that the load may fail with; default: as {@link sweep}
 */
export async function sweepLoad(
  t: Test,
  guest: TestGuest,
  module: string,
  errors?: readonly string[],
): Promise<void> {
  const parameters = guest.modules.parameters({ name: module })
  await sweepModule(t, guest, {
    process: await guest.process(),
    name: `finit_module of ${module}`,
    leftovers: () => guest.leftByModules(),
    ...(errors === undefined ? {} : { errors }),
    // Before the module's init function runs only what sets its parameters.
    ...(parameters === '' ? { within: 'do_init_module' } : {}),
    prepare: user => user.open(guest.modules.path(module), O_RDONLY | O_CLOEXEC),
    call: (armed, file) => armed.finitModule(file, parameters),
    undo: async (file, { error }, user) => {
      await file.close()
      if (error === undefined) await user.deleteModule(module, O_NONBLOCK)
    },
  })
}

/** Unloads a module, loaded anew each time, with each of its allocations failing in turn. */
export async function sweepUnload(t: Test, guest: TestGuest, module: string): Promise<void> {
  const parameters = guest.modules.parameters({ name: module })
  await sweepModule(t, guest, {
    process: await guest.process(),
    name: `delete_module of ${module}`,
    leftovers: () => guest.leftByModules(),
    prepare: async user => {
      await using file = await user.open(guest.modules.path(module), O_RDONLY | O_CLOEXEC)
      await user.finitModule(file, parameters)
    },
    call: armed => armed.deleteModule(module, O_NONBLOCK),
    undo: async (_, { error }, user) => {
      if (error !== undefined) await user.deleteModule(module, O_NONBLOCK)
    },
  })
}
