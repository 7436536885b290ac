import { F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_SETFD } from '../../abi/files.js'
import { fdNumber, Out, type Argument, type Fd } from '../arguments.js'
import type { Port } from '../port.js'

/** Descriptors: copies, flags, and files without a name. */
export const descriptorCalls = <Descriptor>(port: Port, opened: (fd: number) => Descriptor) => ({
  dup: (fd: Fd) => port.number('dup', fd).then(opened),
  dup2: (fd: Fd, target: number) => port.number('dup2', fd, target).then(opened),
  dup3: (fd: Fd, target: number, flags: number) =>
    port.number('dup3', fd, target, flags).then(opened),

  /** Duplicates it to `lowest` or above, close-on-exec. */
  dupAbove: (fd: Fd, lowest: number) =>
    port.number('fcntl', fd, F_DUPFD_CLOEXEC, lowest).then(opened),

  fcntl: (fd: Fd, command: number, argument: Argument = 0) =>
    port.number('fcntl', fd, command, argument),

  /** FD_CLOEXEC, or 0 */
  getDescriptorFlags: (fd: Fd) => port.number('fcntl', fd, F_GETFD),
  setDescriptorFlags: (fd: Fd, flags: number) => port.nothing('fcntl', fd, F_SETFD, flags),

  /** O_RDWR and other flags of the open file. */
  getStatusFlags: (fd: Fd) => port.number('fcntl', fd, F_GETFL),

  /** @returns the read end and the write end */
  async pipe2(flags = 0): Promise<readonly [Descriptor, Descriptor]> {
    const out = new Out(8)
    await port.number('pipe2', out, flags)
    return [opened(out.bytes.readInt32LE(0)), opened(out.bytes.readInt32LE(4))]
  },

  eventfd: (initial = 0, flags = 0) => port.number('eventfd2', initial, flags).then(opened),
  memfdCreate: (name: string, flags = 0) => port.number('memfd_create', name, flags).then(opened),
  pidfdOpen: (pid: number, flags = 0) => port.number('pidfd_open', pid, flags).then(opened),

  /** Duplicates another process's descriptor. */
  pidfdGetfd: (pidfd: Fd, target: Fd, flags = 0) =>
    port.number('pidfd_getfd', pidfd, fdNumber(target), flags).then(opened),
})
