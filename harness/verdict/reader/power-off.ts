/** kernel/reboot.c; without ACPI, and in kernel_power_off(), user space lives on. */
const POWERED_OFF = /^reboot: (?:Power down|System halted)$/m

/** Whether the kernel said last that it powered off or halted. */
export const saysPoweredOff = (printed: string): boolean => POWERED_OFF.test(printed)
