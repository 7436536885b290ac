import { F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_SETFD } from '../../abi/files.js'
import { fdNumber, Out, type Argument, type Fd } from '../arguments.js'
import type { Port } from '../port.js'

/** Descriptors: copies, flags, and files that have no name. */
export const descriptorCalls = <Descriptor>(
  port: Port,
  descriptor: (fd: number) => Descriptor,
) => ({
  async dup(fd: Fd): Promise<Descriptor> {
    return descriptor(await port.number('dup', fd))
  },

  async dup2(fd: Fd, target: number): Promise<Descriptor> {
    return descriptor(await port.number('dup2', fd, target))
  },

  async dup3(fd: Fd, target: number, flags: number): Promise<Descriptor> {
    return descriptor(await port.number('dup3', fd, target, flags))
  },

  fcntl(fd: Fd, command: number, argument: Argument = 0): Promise<number> {
    return port.number('fcntl', fd, command, argument)
  },

  /** FD_CLOEXEC, or 0 */
  getDescriptorFlags(fd: Fd): Promise<number> {
    return port.number('fcntl', fd, F_GETFD)
  },

  async setDescriptorFlags(fd: Fd, flags: number): Promise<void> {
    await port.number('fcntl', fd, F_SETFD, flags)
  },

  /** O_RDWR and other flags of the open file. */
  getStatusFlags(fd: Fd): Promise<number> {
    return port.number('fcntl', fd, F_GETFL)
  },

  /** A copy at `lowest` or above, close-on-exec. */
  async dupAbove(fd: Fd, lowest: number): Promise<Descriptor> {
    return descriptor(await port.number('fcntl', fd, F_DUPFD_CLOEXEC, lowest))
  },

  /** @returns the end that is read, and the end that is written */
  async pipe2(flags = 0): Promise<readonly [Descriptor, Descriptor]> {
    const out = new Out(8)
    await port.number('pipe2', out, flags)
    return [descriptor(out.bytes.readInt32LE(0)), descriptor(out.bytes.readInt32LE(4))]
  },

  async eventfd(initial = 0, flags = 0): Promise<Descriptor> {
    return descriptor(await port.number('eventfd2', initial, flags))
  },

  async memfdCreate(name: string, flags = 0): Promise<Descriptor> {
    return descriptor(await port.number('memfd_create', name, flags))
  },

  async pidfdOpen(pid: number, flags = 0): Promise<Descriptor> {
    return descriptor(await port.number('pidfd_open', pid, flags))
  },

  /** A copy of another process's descriptor. */
  async pidfdGetfd(pidfd: Fd, target: Fd, flags = 0): Promise<Descriptor> {
    return descriptor(await port.number('pidfd_getfd', pidfd, fdNumber(target), flags))
  },
})
