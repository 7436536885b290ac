import type { FindingReport, Problem } from '../contract/events.js'
import { reportsOnlyOnce, turnedOffBy } from '../session/guard-table.js'
import type { Guards } from '../session/guards.js'

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
