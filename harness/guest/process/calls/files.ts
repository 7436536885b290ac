import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from '../../abi/files.js'
import { decodeStat, decodeStatfs, STAT_BYTES, STATFS_BYTES } from '../../abi/structures.js'
import { unlessGone } from '../../errors.js'
import { Out, type Argument, type Fd } from '../arguments.js'
import type { Port } from '../port.js'

const PATH_BYTES = 4096
const READ_PART_BYTES = 16 * 1024
/**
 * Up to this size the whole buffer is fetched with the call; above, only the bytes read,
 * separately.
 */
const FETCHED_WITH_CALL_BYTES = 2048

/** Files: open, read, write, ioctl etc. */
export const fileCalls = <Descriptor>(port: Port, opened: (fd: number) => Descriptor) => ({
  open: (path: string, flags: number, mode = 0) =>
    port.number('openat', AT_FDCWD, path, flags, mode).then(opened),
  openat: (folder: Fd, path: string, flags: number, mode = 0) =>
    port.number('openat', folder, path, flags, mode).then(opened),
  close: (fd: Fd) => port.nothing('close', fd),

  /** Reads at most `length` bytes; returns none at the end of the file. */
  read: (fd: Fd, length: number) => read(port, fd, length),
  pread: (fd: Fd, length: number, offset: number) =>
    filled(port, length, into => port.number('pread64', fd, into, length, offset)),

  /** @returns the number of bytes written */
  write: (fd: Fd, bytes: Uint8Array | string) => {
    const content = Buffer.from(bytes)
    return port.number('write', fd, content, content.length)
  },
  pwrite: (fd: Fd, bytes: Uint8Array, offset: number) =>
    port.number('pwrite64', fd, bytes, bytes.length, offset),

  /** @returns the new offset in bytes */
  lseek: (fd: Fd, offset: number | bigint, whence: number) =>
    port.number('lseek', fd, offset, whence),

  /** A Buffer argument is copied in, and back after the call. */
  ioctl: (fd: Fd, request: number, argument: Argument = 0) =>
    port.number('ioctl', fd, BigInt(request), argument),

  ftruncate: (fd: Fd, length: number) => port.nothing('ftruncate', fd, length),
  fstat: (fd: Fd) => port.output(STAT_BYTES, 'fstat', fd).then(decodeStat),
  fstatfs: (fd: Fd) => port.output(STATFS_BYTES, 'fstatfs', fd).then(decodeStatfs),

  readlink: (path: string) =>
    filled(port, PATH_BYTES, into =>
      port.number('readlinkat', AT_FDCWD, path, into, PATH_BYTES),
    ).then(String),

  /** Reads a whole file as this process sees it: /proc/self/fdinfo/3. */
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
      await unlessGone(port.nothing('close', fd))
    }
  },
})

const read = (port: Port, fd: Fd, length: number): Promise<Buffer> =>
  filled(port, length, into => port.number('read', fd, into, length))

/** Returns as many of `length` bytes as the call filled. */
async function filled(
  port: Port,
  length: number,
  call: (into: Argument) => Promise<number>,
): Promise<Buffer> {
  if (length > FETCHED_WITH_CALL_BYTES) {
    return port.scratch(length, async scratch => scratch.read(0, await call(scratch.address)))
  }
  const out = new Out(length)
  return out.bytes.subarray(0, await call(out))
}
