import { O_NONBLOCK } from '../../abi/files.js'
import type { Fd } from '../arguments.js'
import type { Port } from '../port.js'

/** Loading and unloading of modules. */
export const moduleCalls = (port: Port) => ({
  async initModule(image: Uint8Array, parameters = ''): Promise<void> {
    await port.number('init_module', image, image.length, parameters)
  },

  async finitModule(fd: Fd, parameters = '', flags = 0): Promise<void> {
    await port.number('finit_module', fd, parameters, flags)
  },

  /** @param flags O_NONBLOCK unless given: without it, a module in use has to be waited for */
  async deleteModule(name: string, flags = O_NONBLOCK): Promise<void> {
    await port.number('delete_module', name, flags)
  },
})
