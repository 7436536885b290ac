import type { Accelerator } from '../contract/accelerator.js'
import type { Hardware } from './hardware.js'

/** What a machine is started from. */
export interface MachineSpec {
  /** The kernel: a `vmlinux` with a PVH entry, or a `bzImage`; QEMU detects which. */
  readonly image: string
  /** cpio archive (newc). */
  readonly initramfs: string
  readonly accelerator: Accelerator
  readonly memoryMiB: number
  readonly cpus: number
  /** What it has besides; nothing when absent. */
  readonly hardware?: Hardware
  /** Host TSC rate for an emulated guest; the guest calibrates if absent. */
  readonly tscKhz?: number
  /** Kernel parameters after the harness's own; of duplicates, the kernel uses the last. */
  readonly append: readonly string[]
  /** File with the kernel's boot time, if kept; it shortens the silence limit. */
  readonly bootTime?: string
  /** Folder for `console.log`. */
  readonly folder: string
  /** Aborting it kills the machine at any stage. */
  readonly signal?: AbortSignal
}

/**
 * A folder with a machine saved right after boot: `memory`, owned by QEMU's user, and `state`, of
 * QEMU's devices. Any number of machines can be restored from it.
 */
export interface Template {
  readonly folder: string
}
