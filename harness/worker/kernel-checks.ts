import type { FindingReport, Problem } from '../contract/events.js'
import { reportsOnlyOnce, turnedOffBy } from '../session/guard-table.js'
import type { FindingReports } from '../session/finding-reports.js'
import type { Guards } from '../session/guards.js'
import type { Session } from '../session/session.js'
import type { Examination } from './examination.js'

/** While a test runs, a check that a known finding used up is armed again at once. */
export function keepArmed({ kernel, guards }: Session, reports: FindingReports): void {
  kernel.onReport = finding => {
    if (reports.isKnown(finding)) guards.armAfter(finding)
  }
}

/**
 * Arms the kernel's checks before a test; also those that known findings of loading its modules
 * used up, on a machine that has not run a test yet.
 */
export async function armChecks(
  session: Session,
  reports: FindingReports,
  found: Examination,
): Promise<void> {
  const { guards } = session
  if (!guards.areNew) return void (await guards.rearm([]))
  await session.mark()
  const shown = await reports.of(found.take())
  await guards.rearm(shown.filter(({ allowed }) => allowed !== undefined))
}

/** Which of the kernel's checks a test ran without. */
interface ChecksOff {
  /** Those that known findings turned off, or that report only once and already did. */
  readonly unguarded: readonly string[]
  /** Problems of those that turned off without a report. */
  readonly problems: readonly Problem[]
}

/**
 * Judges the checks of the kernel after a test.
 * @param off those that stay off
 * @param shown reports of the test
 */
export function checksOff(
  guards: Guards,
  off: readonly string[],
  shown: readonly FindingReport[],
): ChecksOff {
  guards.note(shown)
  const excused = turnedOffBy(shown, off)
  const silent = off.filter(name => !excused.includes(name))
  const known = shown.filter(({ allowed }) => allowed !== undefined)
  const once = known.filter(reportsOnlyOnce).map(({ kind }) => kind)
  const unguarded = new Set([...guards.unguarded, ...turnedOffBy(known, off), ...once])
  return { unguarded: [...unguarded], problems: silent.length === 0 ? [] : [wentOff(silent)] }
}

const wentOff = (names: readonly string[]): Problem => ({
  kind: 'unguarded',
  message: `${names.join(', ')}: went off while it ran, without a report that explains it: it may have missed findings`,
})
