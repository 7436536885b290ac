import { unlessGone } from '../errors.js'
import type { Calls, Descriptor } from './types.js'

export function descriptorOf(process: Calls, fd: number): Descriptor {
  let isClosed = false
  const close = async (): Promise<void> => {
    isClosed = true
    await process.close(fd)
  }
  return {
    process,
    fd,
    close,
    read: length => process.read(fd, length),
    write: bytes => process.write(fd, bytes),
    pread: (length, offset) => process.pread(fd, length, offset),
    pwrite: (bytes, offset) => process.pwrite(fd, bytes, offset),
    lseek: (offset, whence) => process.lseek(fd, offset, whence),
    ioctl: (request, argument) => process.ioctl(fd, request, argument),
    fstat: () => process.fstat(fd),
    mmap: options => process.mmap(fd, options),
    dup: () => process.dup(fd),
    fcntl: (command, argument) => process.fcntl(fd, command, argument),
    /** Closes it, unless `close` was called or the process is gone. */
    async [Symbol.asyncDispose]() {
      if (!isClosed) await unlessGone(close())
    },
  }
}
