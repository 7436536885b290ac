import type { Port } from '../port.js'
import { descriptorCalls } from './descriptors.js'
import { fileCalls } from './files.js'
import { memoryCalls } from './memory.js'
import { moduleCalls } from './modules.js'
import { pollingCalls } from './polling.js'
import { processCalls } from './processes.js'
import { rawCalls } from './raw.js'
import { socketCalls } from './sockets.js'

/**
 * All groups of calls.
 * @param opened wraps a new descriptor
 * @param mapped wraps a new mapping
 */
export const allCalls = <Descriptor, Mapping>(
  port: Port,
  opened: (fd: number) => Descriptor,
  mapped: (address: bigint, length: number) => Mapping,
) => ({
  ...rawCalls(port),
  ...fileCalls(port, opened),
  ...descriptorCalls(port, opened),
  ...memoryCalls(port, mapped),
  ...socketCalls(port, opened),
  ...pollingCalls(port, opened),
  ...processCalls(port),
  ...moduleCalls(port),
})
