/** What the kernel itself printed of its end. */
export interface LastWords {
  /** `Kernel panic - not syncing: …` (kernel/panic.c) */
  readonly panic?: string
  readonly isPoweredOff: boolean
}

const PANIC = /Kernel panic - not syncing: [^\r\n]{1,200}/

/** kernel/reboot.c; without ACPI, and in kernel_power_off(), user space lives on. */
const POWERED_OFF = /^reboot: (?:Power down|System halted)$/m

/** @param printed console output after the last record that was read */
export function readLastWords(printed: string): LastWords {
  const panic = PANIC.exec(printed)?.[0]
  return { ...(panic === undefined ? {} : { panic }), isPoweredOff: POWERED_OFF.test(printed) }
}
