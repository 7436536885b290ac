import type { FindingReport, Problem } from '../contract/events.js'
import { isOfWatchdogs } from '../verdict/index.js'
import { TAINT_PREFIX } from '../suite-api/health.js'

/** Before what a test's problem says of a finding. */
export const FINDING_PREFIX = 'the kernel log has a finding: '

export const isOfKernelLog = ({ message }: Problem): boolean =>
  message.startsWith(FINDING_PREFIX) || message.startsWith(TAINT_PREFIX)

/** The machine was stopped, and its watchdogs complained of that. */
export const STOPPED = 'stopped'

/** When a machine goes on that somebody stopped, its clocks jump; for so long its watchdogs may take that for a stall. */
const STALLS_AFTER_MS = 60_000

/**
 * What is to be said first where nothing but the kernel's watchdogs speaks against a test, and the machine was stopped a moment
 * ago (Ctrl+Z, SIGSTOP): that is no failure of the module. Undefined where it was not, or where more speaks against it.
 */
export function stoodStill(
  { sinceStillMs }: { readonly sinceStillMs: number },
  problems: readonly Problem[],
  findings: readonly FindingReport[],
): Problem | undefined {
  const areOfWatchdogs =
    problems.length > 0 &&
    problems.every(isOfKernelLog) &&
    findings.every(({ kind, allowed }) => allowed !== undefined || isOfWatchdogs(kind))
  if (!areOfWatchdogs || !(sinceStillMs < STALLS_AFTER_MS)) return undefined
  const seconds = Math.ceil(sinceStillMs / 1000)
  return {
    message: `the machine was stopped until ${seconds} s before: what its watchdogs say may be of that alone`,
  }
}
