import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from '../../abi/files.js'
import {
  decodeStat,
  decodeStatfs,
  STAT_BYTES,
  STATFS_BYTES,
  type FilesystemStatus,
  type FileStatus,
} from '../../abi/structures.js'
import { Out, type Argument, type Fd } from '../arguments.js'
import { unlessGone } from '../gone.js'
import type { Port } from '../port.js'

const READ_PART_BYTES = 16 * 1024
/** Up to this, a whole buffer is fetched with the call; above, only what was read, in a second round trip. */
const FETCHED_WITH_CALL_BYTES = 2048

/** Files: open, read, write, ioctl and their kin. */
export const fileCalls = <Descriptor>(port: Port, descriptor: (fd: number) => Descriptor) => ({
  async open(path: string, flags: number, mode = 0): Promise<Descriptor> {
    return descriptor(await port.number('openat', AT_FDCWD, path, flags, mode))
  },

  async openat(folder: Fd, path: string, flags: number, mode = 0): Promise<Descriptor> {
    return descriptor(await port.number('openat', folder, path, flags, mode))
  },

  async close(fd: Fd): Promise<void> {
    await port.number('close', fd)
  },

  /** At most `length` bytes; none at the end of the file. */
  read(fd: Fd, length: number): Promise<Buffer> {
    return read(port, fd, length)
  },

  /** @returns how many bytes were written */
  write(fd: Fd, bytes: Uint8Array | string): Promise<number> {
    const content = Buffer.from(bytes)
    return port.number('write', fd, content, content.length)
  },

  async pread(fd: Fd, length: number, offset: number): Promise<Buffer> {
    const out = new Out(length)
    return out.bytes.subarray(0, await port.number('pread64', fd, out, length, offset))
  },

  pwrite(fd: Fd, bytes: Uint8Array, offset: number): Promise<number> {
    return port.number('pwrite64', fd, bytes, bytes.length, offset)
  },

  /** @returns the new offset in bytes */
  lseek(fd: Fd, offset: number | bigint, whence: number): Promise<number> {
    return port.number('lseek', fd, offset, whence)
  },

  /** A Buffer as the argument is copied in, and back out after the call. */
  ioctl(fd: Fd, request: number, argument: Argument = 0): Promise<number> {
    return port.number('ioctl', fd, BigInt(request), argument)
  },

  async ftruncate(fd: Fd, length: number): Promise<void> {
    await port.number('ftruncate', fd, length)
  },

  async fstat(fd: Fd): Promise<FileStatus> {
    const out = new Out(STAT_BYTES)
    await port.number('fstat', fd, out)
    return decodeStat(out.bytes)
  },

  async fstatfs(fd: Fd): Promise<FilesystemStatus> {
    const out = new Out(STATFS_BYTES)
    await port.number('fstatfs', fd, out)
    return decodeStatfs(out.bytes)
  },

  async readlink(path: string): Promise<string> {
    const out = new Out(4096)
    const length = await port.number('readlinkat', AT_FDCWD, path, out, out.bytes.length)
    return out.bytes.toString('utf8', 0, length)
  },

  /** A whole file as this process sees it: /proc/self/fdinfo/3. */
  async readFile(path: string): Promise<string> {
    const fd = await port.number('openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC)
    const parts: Buffer[] = []
    try {
      for (;;) {
        const part = await read(port, fd, READ_PART_BYTES)
        if (part.length === 0) return Buffer.concat(parts).toString()
        parts.push(part)
      }
    } finally {
      await unlessGone(port.number('close', fd))
    }
  },
})

async function read(port: Port, fd: Fd, length: number): Promise<Buffer> {
  if (length <= FETCHED_WITH_CALL_BYTES) {
    const out = new Out(length)
    return out.bytes.subarray(0, await port.number('read', fd, out, length))
  }
  return port.scratch(length, async scratch =>
    scratch.read(0, await port.number('read', fd, scratch.address, length)),
  )
}
