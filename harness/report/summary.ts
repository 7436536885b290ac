import type { Counts } from '../events.js'

/**
 * The line that scripts read. Lost is never passed: a test that ended in error or never ran counts as failed here; the
 * breakdown stands in the line before it.
 */
export const closingLine = (counts: Counts): string =>
  `${counts.pass} passed, ${counts.fail + counts.error + counts.miss} failed, ${counts.skip} skipped`

/** What of the failed was no verdict about the module, or undefined when every failure was one. */
export function lostLine(counts: Counts): string | undefined {
  if (counts.error + counts.miss === 0) return undefined
  return `of the failed: ${counts.fail} failed their assertions, ${counts.error} ended in an error of the harness or machine, ${counts.miss} never ran`
}

/** What is to be known of a run that did not come to its end. */
export const interruptedLine = (run: string): string =>
  `interrupted: this is what was known until then; modprove run --resume ${run} goes on`

/** How many of the passed did so when they were tried again; undefined when none. */
export function flakyLine({ flaky }: Counts): string | undefined {
  if (flaky === 0) return undefined
  return `of the passed: ${flaky} failed at first, and passed when tried again on a fresh machine`
}

/** `1.4 s`, `2 min 03 s` */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
