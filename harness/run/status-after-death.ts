import type { FindingReport } from '../events.js'
import type { Death } from '../verdict/index.js'

/**
 * What a test comes to whose machine was lost. A complaint of the kernel that leads to a line of the module holds, whatever
 * became of the machine after it: a use after free may well take the connection with it.
 */
export const statusAfterDeath = (
  { status }: Pick<Death, 'status'>,
  findings: readonly Pick<FindingReport, 'allowed' | 'location'>[],
): Death['status'] =>
  findings.some(({ allowed, location }) => allowed === undefined && location !== undefined)
    ? 'fail'
    : status
