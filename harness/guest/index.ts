export * from './abi/index.js'
export { describeErrno, type ErrnoName } from './abi/errno.js'
export type { FileStatus, FilesystemStatus, ResourceLimit } from './abi/structures.js'
export type { SyscallName } from './abi/x86_64-syscalls.js'
export { AgentClient } from './agent/client.js'
export type { OtherProcess } from './agent/payloads.js'
export type { WaitStatus } from './agent/wait-status.js'
export {
  CallTimeout,
  ConnectionLost,
  MemoryFault,
  ProtocolError,
  SyscallError,
  TaskEnded,
} from './errors.js'
export type { KernelLog } from './log/kernel-log.js'
export { Out, type Argument, type Fd, type OpenFd } from './process/arguments.js'
export type { MapOptions } from './process/calls/memory.js'
export type { FailNthOutcome } from './process/fail-nth.js'
export type { Part, RemapOptions } from './process/mapping.js'
export type { Memory, Scratch } from './process/scratch.js'
export type { Calls, Descriptor, Mapping, Process, Thread } from './process/types.js'
export { connect, Guest, type ConnectOptions } from './guest.js'
export type { Exit } from './ssh/channel.js'
export type { ExecOptions, ExecResult, RunningCommand } from './ssh/command.js'
export { quoted } from './ssh/quote.js'
export type { LocalTerminal as Terminal } from './ssh/shell.js'
