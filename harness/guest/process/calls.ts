import type { Mapping } from './mapping.js'
import { mappingOf } from './calls/memory-calls.js'
import { ProcessCalls } from './calls/process-calls.js'
import { Descriptor, type Fd } from './descriptor.js'

/** All typed system calls of a process or a thread. */
export abstract class Calls extends ProcessCalls {
  override descriptor(fd: Fd): Descriptor {
    return new Descriptor(this.unarmed(), typeof fd === 'number' ? fd : fd.fd)
  }

  override mapping(address: bigint | Mapping, length?: number): Mapping {
    return mappingOf(this.unarmed(), address, length)
  }
}
