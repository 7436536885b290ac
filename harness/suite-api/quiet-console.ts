import type { TestGuest } from './test-guest.js'

const PRINTK = '/proc/sys/kernel/printk'
/** console_loglevel first (Documentation/admin-guide/sysctl/kernel.rst): errors and worse are printed. */
const ERRORS = '4 4 1 7'

/**
 * Does a piece of work during which the serial line has only errors and worse: on an emulated one a line takes
 * longer than most work. The log has everything all the same.
 */
export async function withQuietConsole<Result>(
  guest: TestGuest,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = await guest.readFile(PRINTK)
  await guest.connection.writeFile(PRINTK, ERRORS)
  try {
    return await work()
  } finally {
    // A machine that died of the work has no console to give back.
    await guest.connection.writeFile(PRINTK, before).catch(() => undefined)
  }
}
