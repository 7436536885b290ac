import type { Accelerator } from '../platform/deadlines.js'

/** What a machine is made of. */
export interface MachineSpec {
  /** The kernel: a `vmlinux` with a PVH entry, or a `bzImage`. QEMU tells them apart. */
  readonly image: string
  /** cpio archive (newc). */
  readonly initramfs: string
  readonly accelerator: Accelerator
  readonly memoryMiB: number
  readonly cpus: number
  /** Of the time-stamp counter that an emulated guest sees, the host's own; the guest measures it where nobody says. */
  readonly tscKhz?: number
  /** Kernel parameters after the harness's own; of one given twice the kernel takes the last. */
  readonly append: readonly string[]
  /** File that keeps how long the kernel took to boot; a silent guest is given up sooner where that is known. */
  readonly bootTime?: string
  /** Where `console.log` is kept. */
  readonly folder: string
  /** Aborting it kills the machine, at any stage. */
  readonly signal?: AbortSignal
}

/**
 * A machine saved right after its boot, as two files of a folder: `memory`, which belongs to whom QEMU runs as, and `state`,
 * that of QEMU's devices. Any number of machines are restored from it.
 */
export interface Template {
  readonly folder: string
}
