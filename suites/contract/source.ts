import type { Calls, Descriptor } from 'modprove'

/** ioctl(2) of i386: arch/x86/entry/syscalls/syscall_32.tbl */
const IOCTL_32 = 54

/** An exporter's ioctl that makes a descriptor. */
export interface ExportIoctl {
  /** In a test's name. */
  readonly name: string
  readonly command: number
}

/** How an exporter makes descriptors. */
export interface ExportCalls {
  /** The first is the tests' default. */
  readonly ioctls: readonly [ExportIoctl, ...ExportIoctl[]]
  /** Finds the descriptor in the ioctl's argument; undefined if it is the ioctl's result. */
  readonly fdIn?: (argument: Buffer) => number
}

/** What an adapter provides for an open exporter. */
export interface Opened {
  readonly device: Descriptor
  /**
   * The argument's bytes; undefined if the ioctl takes none.
   *
   * @param cloexec whether it requests a close-on-exec descriptor
   */
  readonly argument: (ioctl: ExportIoctl, cloexec: boolean) => Buffer | undefined
  /** Closes what it needs besides the device. */
  readonly close?: () => Promise<void>
}

/** An exporter's open device, with what it needs besides to make buffers. */
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

  /** The command of the exporter's first ioctl. */
  get command(): number {
    return this.#exporter.ioctls[0].command
  }

  /** The argument of an ioctl that requests a close-on-exec descriptor. */
  argument(ioctl = this.#exporter.ioctls[0]): Buffer | undefined {
    return this.#opened.argument(ioctl, true)
  }

  /** A new descriptor. @param ioctl default: the exporter's first */
  async descriptor(ioctl = this.#exporter.ioctls[0], cloexec = true): Promise<Descriptor> {
    const argument = this.#opened.argument(ioctl, cloexec)
    return this.answered(await this.device.ioctl(ioctl.command, argument ?? 0), argument)
  }

  /** The same by the 32-bit ioctl(2). */
  async descriptorBy32Bits(ioctl: ExportIoctl): Promise<Descriptor> {
    const argument = this.argument(ioctl)
    const user: Calls = this.device.process
    const result = await user.syscall32(IOCTL_32, this.device, ioctl.command, argument ?? 0)
    return this.answered(result, argument)
  }

  /**
   * The descriptor that an ioctl returned.
   *
   * @param argument its argument after the call
   * @throws Error when the call succeeded without a descriptor
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
