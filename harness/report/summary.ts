import type { Counts } from '../contract/events.js'
import type { RunView } from '../record/view.js'
import { oneLine } from '../platform/text.js'

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
function flakyLine({ flaky }: Counts): string | undefined {
  if (flaky === 0) return undefined
  return `of the passed: ${flaky} failed at first, and passed when tried again on a fresh machine`
}

const LONGEST_REASON_CHARACTERS = 1000

/** Puts text of unknown origin into a line. */
type Quote = (text: string, limitCharacters: number) => string

/** That machines were booted, which takes longer, and why the first was; undefined when all were restored. */
function notRestoredLine({ columns }: Pick<RunView, 'columns'>, quote: Quote): string | undefined {
  const all = columns.flatMap(({ jobs }) => jobs.flatMap(({ notRestored }) => notRestored))
  const [why] = all
  if (why === undefined) return undefined
  const machines = all.length === 1 ? '1 machine was' : `${all.length} machines were`
  return `${machines} booted instead of restored from a template: ${quote(why, LONGEST_REASON_CHARACTERS)}`
}

/** What qualifies the closing line: which passed were flaky, which failed are no verdict, what did not work. */
export const qualifyingLines = (
  view: Pick<RunView, 'columns' | 'counts'>,
  quote: Quote = oneLine,
): string[] =>
  [flakyLine(view.counts), lostLine(view.counts), notRestoredLine(view, quote)].filter(
    line => line !== undefined,
  )

/** `1.4 s`, `2 min 03 s` */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
