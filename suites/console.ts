import type { Test, TestGuest } from '../harness/suite.js'

const PRINTK = '/proc/sys/kernel/printk'
/** console_loglevel first: warnings and worse are printed, the rest is only logged. */
const WARNINGS = '5 4 1 7'

/** Until the test ends, the serial line has only what is worth a warning: a line of the module takes longer than its work. */
export async function quietConsole(t: Test, guest: TestGuest): Promise<void> {
  const before = await guest.readFile(PRINTK)
  t.teardown(() => guest.connection.writeFile(PRINTK, before))
  await guest.connection.writeFile(PRINTK, WARNINGS)
}
