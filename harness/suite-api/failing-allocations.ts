import { SyscallError } from '../guest/index.js'
import { usageError } from '../platform/errors.js'
import { withQuietConsole } from './quiet-console.js'
import type { TestGuest } from './test-guest.js'

/**
 * What fails. In a long call, the pages that slab objects need come and go between two calls;
 * apart from them, the number of a slab object's allocation hardly shifts.
 */
const FAILING = {
  all: [
    ['failslab/cache-filter', 'N'],
    ['fail_page_alloc/min-order', '0'],
  ],
  slab: [
    ['failslab/cache-filter', 'N'],
    // More than any page has.
    ['fail_page_alloc/min-order', '99'],
  ],
  pages: [
    // No cache is named.
    ['failslab/cache-filter', 'Y'],
    ['fail_page_alloc/min-order', '0'],
  ],
} as const

/** By default allocations that may sleep never fail (Documentation/fault-injection). */
const SLEEPING_TOO = [
  ['failslab/ignore-gfp-wait', 'N'],
  ['fail_page_alloc/ignore-gfp-wait', 'N'],
] as const

/**
 * Does a piece of work while an armed process may fail to allocate slab objects, pages, or both.
 * @throws ModproveError `NO_FAULT_INJECTION` (exit 2)
 */
export async function withFailing<Result>(
  guest: TestGuest,
  failing: keyof typeof FAILING,
  act: () => Promise<Result>,
): Promise<Result> {
  for (const [file, value] of [...SLEEPING_TOO, ...FAILING[failing]]) {
    try {
      await guest.writeFile(`/sys/kernel/debug/${file}`, value)
    } catch (cause) {
      if (!(cause instanceof SyscallError)) throw cause
      const { flavour } = guest.kernel
      throw usageError('NO_FAULT_INJECTION', `A kernel of flavour ${flavour} injects no faults.`, {
        remedy: "Let the test need a flavour that does: { needs: { flavours: ['debug'] } }",
        cause,
      })
    }
  }
  // The kernel logs each failure with a stack trace.
  return withQuietConsole(guest, act)
}
