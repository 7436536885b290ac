import type { TestGuest } from './test-guest.js'

const PRINTK = '/proc/sys/kernel/printk'
/** console_loglevel 4: errors and worse (Documentation/admin-guide/sysctl/kernel.rst). */
const ERRORS = '4 4 1 7'

/**
 * Does a piece of work while the serial console prints only errors and worse: on an emulated
 * machine a line takes longer than most work. The kernel log stays complete.
 */
export async function withQuietConsole<Result>(
  guest: TestGuest,
  act: () => Promise<Result>,
): Promise<Result> {
  const before = await guest.readFile(PRINTK)
  await guest.writeFile(PRINTK, ERRORS)
  try {
    return await act()
  } finally {
    // Fails if the machine died during the work.
    await guest.writeFile(PRINTK, before).catch(() => undefined)
  }
}
