import {
  F_SETFD,
  O_CLOEXEC,
  O_RDWR,
  type Argument,
  type Calls,
  type Descriptor,
  type Process,
} from 'modprove'
import * as uapi from './uapi.js'

/** One entry of a device's mapped table. */
export interface Segment {
  readonly address: bigint
  /** In bytes. */
  readonly length: number
}

/** Timeout under emulation with KASAN on a crowded host. */
const CYCLES_MS = 600_000

/** A session of /dev/importer: an importing driver that is stepped by ioctls. */
export class Importer {
  private readonly session: Descriptor

  private readonly user: Calls

  private constructor(session: Descriptor, user: Calls = session.process) {
    this.session = session
    this.user = user
  }

  static async open(user: Calls): Promise<Importer> {
    return new Importer(await user.open('/dev/importer', O_RDWR | O_CLOEXEC))
  }

  /** A session with this buffer, attached to each of these devices. */
  static async attached(buffer: Descriptor, ...devices: readonly number[]): Promise<Importer> {
    const importer = await Importer.open(buffer.process)
    await importer.import(buffer)
    for (const device of devices) await importer.attach(device)
    return importer
  }

  /** The same session, with ioctls by this process, thread or armed view of one. */
  by(calls: Calls): Importer {
    return new Importer(this.session, calls)
  }

  async import(buffer: Descriptor | number): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_IMPORT_FD, buffer)
  }

  /** Imports the buffer that an exporter passes inside the kernel. */
  async importKernel(): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_IMPORT_KERNEL)
  }

  async put(): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_PUT)
  }

  async attach(device = 0): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_ATTACH, device)
  }

  async detach(device = 0): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_DETACH, device)
  }

  async map(device = 0, direction = uapi.IMPORTER_BIDIRECTIONAL): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_MAP, uapi.importerMap.encode({ device, direction }))
  }

  async unmap(device = 0): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_UNMAP, device)
  }

  /** The whole table of a device. */
  async segments(device = 0): Promise<readonly Segment[]> {
    const segments: Segment[] = []
    let count = 1
    for (let index = 0; index < count; index++) {
      const segment = uapi.importerSegment.encode({ device, index })
      await this.step(uapi.IMPORTER_IOC_SEGMENT, segment)
      count = Number(uapi.importerSegment.decode(segment, 'nents'))
      segments.push({
        address: uapi.importerSegment.decode(segment, 'address'),
        length: Number(uapi.importerSegment.decode(segment, 'length')),
      })
    }
    return segments
  }

  /** The bytes at the device's addresses. */
  deviceRead(length: number, offset = 0, device = 0): Promise<Buffer> {
    return this.access(uapi.IMPORTER_IOC_DEVICE_READ, Buffer.alloc(length), offset, device)
  }

  async deviceWrite(bytes: Uint8Array | string, offset = 0, device = 0): Promise<void> {
    await this.access(uapi.IMPORTER_IOC_DEVICE_WRITE, Buffer.from(bytes), offset, device)
  }

  /** @returns the kernel's address of the buffer */
  async vmap(): Promise<bigint> {
    const address = Buffer.alloc(8)
    await this.step(uapi.IMPORTER_IOC_VMAP, address)
    return address.readBigUInt64LE()
  }

  async vunmap(): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_VUNMAP)
  }

  /** The bytes at the kernel's address. */
  vmapRead(length: number, offset = 0): Promise<Buffer> {
    return this.access(uapi.IMPORTER_IOC_VMAP_READ, Buffer.alloc(length), offset)
  }

  async vmapWrite(bytes: Uint8Array | string, offset = 0): Promise<void> {
    await this.access(uapi.IMPORTER_IOC_VMAP_WRITE, Buffer.from(bytes), offset)
  }

  /** dma_buf_begin_cpu_access() */
  async beginCpuAccess(direction = uapi.IMPORTER_BIDIRECTIONAL): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_BEGIN_CPU_ACCESS, direction)
  }

  /** dma_buf_end_cpu_access() */
  async endCpuAccess(direction = uapi.IMPORTER_BIDIRECTIONAL): Promise<void> {
    await this.step(uapi.IMPORTER_IOC_END_CPU_ACCESS, direction)
  }

  /**
   * Maps and unmaps for device 0 repeatedly, in each direction in turn or only in one.
   *
   * @param program path of `cycles` in the guest: single calls from here would take minutes
   * @param user the session's process, which forks to run it
   * @returns its exit status, 0 when each step succeeded
   */
  async cycle(
    program: string,
    user: Process,
    count: number,
    direction?: number,
  ): Promise<number | null | undefined> {
    const { fd } = this.session
    const child = await user.fork()
    await child.fcntl(fd, F_SETFD, 0)
    await child.execve(program, [
      'cycles',
      String(fd),
      String(count),
      ...(direction === undefined ? [] : [String(direction)]),
    ])
    return (await user.within(CYCLES_MS).wait4(child.pid))?.status.code
  }

  /** Undoes what is left, and ends the session. */
  async close(): Promise<void> {
    await this.session.close()
  }

  private async access(
    command: number,
    bytes: Buffer,
    offset: number,
    device = 0,
  ): Promise<Buffer> {
    using data = await this.user.memory.alloc(bytes)
    await this.step(
      command,
      uapi.importerAccess.encode({ offset, length: bytes.length, data: data.address, device }),
    )
    return data.read()
  }

  private async step(command: number, argument: Argument = 0): Promise<void> {
    await this.user.ioctl(this.session, command, argument)
  }
}
