import type { Counts } from '../events.js'

/**
 * The line that scripts read: `N passed, N failed, N skipped`, and `, N not run` only where tests were not run. A test that
 * ended in error counts as failed here; the breakdown stands in the line before it.
 */
export function closingLine({ pass, fail, error, skip, miss }: Counts): string {
  const notRun = miss === 0 ? '' : `, ${miss} not run`
  return `${pass} passed, ${fail + error} failed, ${skip} skipped${notRun}`
}

/** What of the failed was no verdict about the module, or undefined when every failure was one. */
export function lostLine({ fail, error }: Counts): string | undefined {
  if (error === 0) return undefined
  return `of the failed: ${fail} failed their assertions, ${error} ended in an error of the harness or machine`
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
