import { O_RDONLY, O_RDWR, O_WRONLY } from 'modprove'
import type { Exporter } from '../contract/adapter.js'
import { Source } from '../contract/source.js'
import {
  exporter as module,
  exporterOfPages,
  invariants,
  moduleLines,
  openDevice,
} from '../exporter.js'
import { PAGE } from '../mappings.js'
import { EXPORTER_GREETING, EXPORTER_IOC_GET_FD, EXPORTER_IOC_TUTORIAL } from '../uapi.js'

/** Our module: module/exporter.c. */
export const exporter: Exporter = {
  greeting: EXPORTER_GREETING,
  ioctls: [
    { name: 'the encoded command', command: EXPORTER_IOC_GET_FD },
    { name: 'command 0', command: EXPORTER_IOC_TUTORIAL },
  ],
  fdIn: argument => argument.readInt32LE(),
  cloexecIsAsked: false,
  unknownCommand: 'ENOTTY',
  judgesWholeCommand: true,
  modes: [O_RDONLY, O_WRONLY, O_RDWR],
  modeOf: 'device',
  oneBufferASource: true,
  sourceHolds: true,
  vmapCaller: '[exporter]',
  of: pages => ({
    pages,
    size: pages * PAGE,
    modules: [pages === 1 ? module : exporterOfPages(pages)],
    open: async (user, mode) => {
      const device = await openDevice(user, mode)
      return new Source(exporter, { device, argument: () => Buffer.alloc(4) })
    },
  }),
  policies: () => ({
    exporterName: 'exporter',
    maps: 'frames',
    vmFlags: ['io', 'pf', 'de', 'dd'],
    privatePage: 'refused',
    sourceMayGo: true,
    keepsDmaMapping: false,
    leaksWithoutDescriptor: false,
    leaksUnansweredDescriptor: false,
    vmap: undefined,
    vmapIsListed: true,
  }),
  log: moduleLines,
  invariants,
}
