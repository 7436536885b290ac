import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from '../../abi/files.js'
import {
  decodeStat,
  decodeStatfs,
  STAT_BYTES,
  STATFS_BYTES,
  type FilesystemStatus,
  type FileStatus,
} from '../../abi/structures.js'
import { Out, type Argument } from '../arguments.js'
import { BaseCalls } from '../base-calls.js'
import { Descriptor, type Fd } from '../descriptor.js'

const READ_PART_BYTES = 16 * 1024
/** Up to this, a whole buffer is fetched unasked; above, only what was read, and that takes a second round trip. */
const FETCHED_UNASKED_BYTES = 2048

/** Files: open, read, write, ioctl and their kin. */
export abstract class FileCalls extends BaseCalls {
  /** This process's descriptor with that number: one that a fork inherited, or that came by other ways. */
  abstract descriptor(fd: Fd): Descriptor

  async open(path: string, flags: number, mode = 0): Promise<Descriptor> {
    return this.openat(AT_FDCWD, path, flags, mode)
  }

  async openat(folder: Fd, path: string, flags: number, mode = 0): Promise<Descriptor> {
    return this.descriptor(await this.number('openat', folder, path, flags, mode))
  }

  async close(fd: Fd): Promise<void> {
    await this.number('close', fd)
  }

  /** At most `length` bytes; none at the end of the file. */
  async read(fd: Fd, length: number): Promise<Buffer> {
    if (length <= FETCHED_UNASKED_BYTES) {
      const out = new Out(length)
      return out.bytes.subarray(0, await this.number('read', fd, out, length))
    }
    return this.withScratch(length, async scratch =>
      scratch.read(0, await this.number('read', fd, scratch.address, length)),
    )
  }

  /** @returns how many bytes were written */
  write(fd: Fd, bytes: Uint8Array | string): Promise<number> {
    const content = Buffer.from(bytes)
    return this.number('write', fd, content, content.length)
  }

  async pread(fd: Fd, length: number, offset: number): Promise<Buffer> {
    const out = new Out(length)
    return out.bytes.subarray(0, await this.number('pread64', fd, out, length, offset))
  }

  pwrite(fd: Fd, bytes: Uint8Array, offset: number): Promise<number> {
    return this.number('pwrite64', fd, bytes, bytes.length, offset)
  }

  /** @returns the new offset in bytes */
  lseek(fd: Fd, offset: number | bigint, whence: number): Promise<number> {
    return this.number('lseek', fd, offset, whence)
  }

  /** A Buffer as the argument is copied in, and back out after the call. */
  ioctl(fd: Fd, request: number, argument: Argument = 0): Promise<number> {
    return this.number('ioctl', fd, BigInt(request), argument)
  }

  async ftruncate(fd: Fd, length: number): Promise<void> {
    await this.number('ftruncate', fd, length)
  }

  async fstat(fd: Fd): Promise<FileStatus> {
    const out = new Out(STAT_BYTES)
    await this.number('fstat', fd, out)
    return decodeStat(out.bytes)
  }

  async fstatfs(fd: Fd): Promise<FilesystemStatus> {
    const out = new Out(STATFS_BYTES)
    await this.number('fstatfs', fd, out)
    return decodeStatfs(out.bytes)
  }

  async readlink(path: string): Promise<string> {
    const out = new Out(4096)
    const length = await this.number('readlinkat', AT_FDCWD, path, out, out.bytes.length)
    return out.bytes.toString('utf8', 0, length)
  }

  /** A whole file as this process sees it: /proc/self/fdinfo/3. */
  async readFile(path: string): Promise<string> {
    await using file = await this.open(path, O_RDONLY | O_CLOEXEC)
    const parts: Buffer[] = []
    for (;;) {
      const part = await this.read(file, READ_PART_BYTES)
      if (part.length === 0) return Buffer.concat(parts).toString()
      parts.push(part)
    }
  }
}
