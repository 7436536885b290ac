import type { Test } from 'tap'
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../guest/index.js'
import { sweep } from './sweep.js'
import type { TestGuest } from './test-guest.js'

/** Loads of one module differed by up to a dozen allocations on `debug`, all the kernel's own. */
const SHIFT = 12

/**
 * Loads a module with its 1st, 2nd, … allocation failing, until none is left, and unloads it when
 * that succeeded. Modules that it needs are loaded before, and it is not.
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
  await sweep(t, guest, {
    process: await guest.process(),
    name: `finit_module of ${module}`,
    tries: 1,
    shift: SHIFT,
    leftovers: () => guest.leftByModules(),
    ...(errors === undefined ? {} : { errors }),
    prepare: user => user.open(guest.modules.path(module), O_RDONLY | O_CLOEXEC),
    call: (armed, file) => armed.finitModule(file, parameters),
    undo: async (file, { error }, user) => {
      await file.close()
      if (error === undefined) await user.deleteModule(module, O_NONBLOCK)
    },
  })
}

/** Unloads a module, loaded anew each time, with its 1st, 2nd, … allocation failing. */
export async function sweepUnload(t: Test, guest: TestGuest, module: string): Promise<void> {
  const parameters = guest.modules.parameters({ name: module })
  await sweep(t, guest, {
    process: await guest.process(),
    name: `delete_module of ${module}`,
    tries: 1,
    shift: SHIFT,
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
