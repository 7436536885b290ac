export type Accelerator = 'kvm' | 'tcg'

/**
 * How much longer everything may take in an emulated guest: syzkaller's slowdown is 5 to 10 there, and a debug kernel
 * that boots in 12 s under TCG on an idle host takes 100 s on one with eight times the work that its processors can do.
 */
const SLOWDOWN: Readonly<Record<Accelerator, number>> = { kvm: 1, tcg: 10 }

/**
 * A deadline for this kind of machine. Every wait for a guest or its QEMU goes through here, so that
 * slowness is known in one place.
 * @param milliseconds enough for a guest that runs on the host's own CPU
 */
export const scaled = (milliseconds: number, accelerator: Accelerator): number =>
  milliseconds * SLOWDOWN[accelerator]
