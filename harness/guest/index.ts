/** The guest, for the rest of the harness. */
export * from './suite-calls.js'
export { describeErrno } from './abi/errno.js'
export type { OtherProcess } from './agent/payloads.js'
export { readPageOwner } from './page-owner.js'
export * from './proc-modules.js'
export { connect, type ConnectOptions } from './connect.js'
export { Guest } from './guest.js'
