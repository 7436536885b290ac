import { O_CLOEXEC, O_RDONLY, O_RDWR } from 'modprove'
import type { Exporter, Policies, SizedExporter } from '../contract/adapter.js'
import { Source, type Opened } from '../contract/source.js'
import { expectations } from '../expectations.js'
import { invariantsOf } from '../held.js'
import { PAGE } from '../mappings.js'
import {
  SAMPLE_FIXED_PAGES,
  SAMPLE_IOC_FIXED,
  SAMPLE_IOC_READ_ONLY,
  SAMPLE_IOC_SHARED,
  sampleReadOnly,
} from '../uapi.js'

const MODULE = 'sample_exporters'
/** sample_export() allocates every buffer by vzalloc(). */
const VMAP_CALLER = 'sample_export'

interface Sample extends Exporter {
  /** Path of the device. */
  readonly device: string
}

/** One zeroed page, shared by all openers while it is held: module/samples/shared.c. */
export const shared: Sample = {
  ...common('sample-shared'),
  ioctls: [{ name: 'SAMPLE_IOC_SHARED', command: SAMPLE_IOC_SHARED }],
  fdIn: argument => argument.readInt32LE(),
  oneBufferASource: true,
  oneBufferForAll: true,
  sourceHolds: true,
  of: () => sized(shared, 1, () => Buffer.alloc(4)),
}

/** Read-only buffers of any size: module/samples/read-only.c. */
export const readOnly: Sample = {
  ...common('sample-read-only'),
  greeting: 'page 0',
  contents: pages => {
    const bytes = Buffer.alloc(pages * PAGE)
    for (let page = 0; page < pages; page++) bytes.write(`page ${page}`, page * PAGE)
    return bytes
  },
  ioctls: [{ name: 'SAMPLE_IOC_READ_ONLY', command: SAMPLE_IOC_READ_ONLY }],
  fdIn: argument => argument.readInt32LE(sampleReadOnly.offsets.fd),
  modes: [O_RDONLY],
  deviceWrites: 'EACCES',
  of: npages => sized(readOnly, npages, () => sampleReadOnly.encode({ npages })),
  // The kernel could write through a vmap.
  policies: kernel => ({ ...policies('sample-read-only'), vmap: expectations(kernel).noVmap }),
}

/** Zeroed buffers of four pages: module/samples/fixed.c. */
export const fixed: Sample = {
  ...common('sample-fixed'),
  ioctls: [{ name: 'SAMPLE_IOC_FIXED', command: SAMPLE_IOC_FIXED }],
  of: () => sized(fixed, SAMPLE_FIXED_PAGES, () => undefined),
}

function common(name: string): Omit<Exporter, 'ioctls' | 'of'> & Pick<Sample, 'device'> {
  return {
    device: `/dev/${name}`,
    greeting: '',
    cloexecIsAsked: false,
    unknownCommand: 'ENOTTY',
    judgesWholeCommand: true,
    modes: [O_RDWR],
    modeOf: 'buffer',
    oneBufferASource: false,
    sourceHolds: false,
    vmapCaller: VMAP_CALLER,
    policies: () => policies(name),
    invariants: invariantsOf(VMAP_CALLER),
  }
}

function policies(exporterName: string): Policies {
  return {
    exporterName,
    maps: 'frames',
    vmFlags: ['io', 'pf', 'de', 'dd'],
    privatePage: 'refused',
    sourceMayGo: true,
    keepsDmaMapping: false,
    leaksWithoutDescriptor: false,
    leaksUnansweredDescriptor: false,
    vmap: undefined,
    // The vmalloc() mapping exists already: a vmap adds no entry.
    vmapIsListed: false,
  }
}

function sized(exporter: Sample, pages: number, argument: Opened['argument']): SizedExporter {
  return {
    pages,
    size: pages * PAGE,
    modules: [{ name: MODULE }],
    open: async user => {
      const device = await user.open(exporter.device, O_RDONLY | O_CLOEXEC)
      return new Source(exporter, { device, argument })
    },
  }
}
