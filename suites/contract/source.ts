import type { Calls, Descriptor } from 'modprove'

/** i386's number of ioctl(2): arch/x86/entry/syscalls/syscall_32.tbl */
const IOCTL_32 = 54

/** One of an exporter's ways to make a descriptor. */
export interface ExportIoctl {
  /** In a test's name. */
  readonly name: string
  readonly command: number
}

/** How an exporter makes descriptors. */
export interface ExportCalls {
  /** The first is the one that tests use which say nothing else. */
  readonly ioctls: readonly [ExportIoctl, ...ExportIoctl[]]
  /** Finds the descriptor in what the call's argument points at; undefined where it is the call's result. */
  readonly fdIn?: (argument: Buffer) => number
}

/** What an adapter says of an open exporter. */
export interface Opened {
  readonly device: Descriptor
  /**
   * What the argument of the call points at; undefined where the call takes none.
   *
   * @param cloexec whether it asks for a close-on-exec descriptor
   */
  readonly argument: (ioctl: ExportIoctl, cloexec: boolean) => Buffer | undefined
  /** Closes what it needs besides the device. */
  readonly close?: () => Promise<void>
}

/** What buffers are asked of: the exporter's open device, and what it needs besides. */
export class Source {
  readonly #exporter: ExportCalls
  readonly #opened: Opened

  constructor(exporter: ExportCalls, opened: Opened) {
    this.#exporter = exporter
    this.#opened = opened
  }

  get device(): Descriptor {
    return this.#opened.device
  }

  /** The command of the exporter's first call. */
  get command(): number {
    return this.#exporter.ioctls[0].command
  }

  /** What the argument of the call points at when it asks for a close-on-exec descriptor. */
  argument(ioctl = this.#exporter.ioctls[0]): Buffer | undefined {
    return this.#opened.argument(ioctl, true)
  }

  /** A new descriptor. @param ioctl the exporter's first unless given */
  async descriptor(ioctl = this.#exporter.ioctls[0], cloexec = true): Promise<Descriptor> {
    const argument = this.#opened.argument(ioctl, cloexec)
    return this.answered(await this.device.ioctl(ioctl.command, argument ?? 0), argument)
  }

  /** The same, as a 32-bit program asks for it. */
  async descriptorBy32Bits(ioctl: ExportIoctl): Promise<Descriptor> {
    const argument = this.argument(ioctl)
    const user: Calls = this.device.process
    const result = await user.syscall32(IOCTL_32, this.device, ioctl.command, argument ?? 0)
    return this.answered(result, argument)
  }

  /**
   * The descriptor that a call gave.
   *
   * @param argument what its argument points at by then
   * @throws Error when the call succeeded and gave none
   */
  answered(result: number, argument: Buffer | undefined): Descriptor {
    const { fdIn } = this.#exporter
    const fd = fdIn && argument ? fdIn(argument) : result
    if (!Number.isInteger(fd) || fd < 0)
      throw new Error(`the call succeeded and gave ${fd} as a descriptor`)
    return this.device.process.descriptor(fd)
  }

  /** Closes the device, and what it needs besides. */
  async close(): Promise<void> {
    await this.device.close()
    await this.#opened.close?.()
  }
}
