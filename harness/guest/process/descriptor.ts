import type { FileStatus } from '../abi/structures.js'
import { ConnectionLost, TaskEnded } from '../errors.js'
import type { Argument } from './arguments.js'
import type { Calls } from './calls.js'
import type { Mapping, MapOptions } from './mapping.js'

/** An open file descriptor of a process. It is accepted wherever a call takes a descriptor. */
export class Descriptor {
  readonly process: Calls
  readonly fd: number
  private isClosed = false

  constructor(process: Calls, fd: number) {
    this.process = process
    this.fd = fd
  }

  /** Closes it; a second time fails with EBADF, or closes what has the number by then, as close(2) does. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.process.close(this.fd)
  }

  ioctl(request: number, argument?: Argument): Promise<number> {
    return this.process.ioctl(this, request, argument)
  }

  mmap(options: MapOptions): Promise<Mapping> {
    return this.process.mmap(this, options)
  }

  read(length: number): Promise<Buffer> {
    return this.process.read(this, length)
  }

  write(bytes: Uint8Array | string): Promise<number> {
    return this.process.write(this, bytes)
  }

  pread(length: number, offset: number): Promise<Buffer> {
    return this.process.pread(this, length, offset)
  }

  pwrite(bytes: Uint8Array, offset: number): Promise<number> {
    return this.process.pwrite(this, bytes, offset)
  }

  lseek(offset: number | bigint, whence: number): Promise<number> {
    return this.process.lseek(this, offset, whence)
  }

  fstat(): Promise<FileStatus> {
    return this.process.fstat(this)
  }

  dup(): Promise<Descriptor> {
    return this.process.dup(this)
  }

  fcntl(command: number, argument?: Argument): Promise<number> {
    return this.process.fcntl(this, command, argument)
  }

  /** Closes it unless `close` was called or the process is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return
    await this.close().catch((error: unknown) => {
      if (!(error instanceof TaskEnded || error instanceof ConnectionLost)) throw error
    })
  }
}

/** What a call takes as a descriptor. */
export type Fd = number | Descriptor
