import { O_NONBLOCK } from '../../abi/files.js'
import type { Fd } from '../arguments.js'
import type { Port } from '../port.js'

/** Loading and unloading of modules. */
export const moduleCalls = (port: Port) => ({
  initModule: (image: Uint8Array, parameters = '') =>
    port.nothing('init_module', image, image.length, parameters),
  finitModule: (fd: Fd, parameters = '', flags = 0) =>
    port.nothing('finit_module', fd, parameters, flags),

  /** @param flags default O_NONBLOCK: without it, the call waits for a module in use */
  deleteModule: (name: string, flags = O_NONBLOCK) => port.nothing('delete_module', name, flags),
})
