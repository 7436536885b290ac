import type { FindingReport } from '../contract/events.js'
import { isOfWatchdogs, type Death } from '../verdict/index.js'

/**
 * What a test comes to whose machine was lost. What the kernel complained of holds, whatever became of the machine after it: a
 * use after free may well take the connection with it. Only its watchdogs may complain of what took the machine, where no
 * line of the module is in what they found.
 */
export const statusAfterDeath = (
  { status }: Pick<Death, 'status'>,
  findings: readonly Pick<FindingReport, 'allowed' | 'location' | 'kind'>[],
): Death['status'] =>
  findings.some(
    ({ allowed, location, kind }) =>
      allowed === undefined && (location !== undefined || !isOfWatchdogs(kind)),
  )
    ? 'fail'
    : status
