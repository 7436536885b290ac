import type { Counts } from '../contract/events.js'
import type { RunView } from '../record/view.js'
import { oneLine } from '../platform/text/text.js'

/**
 * The line for scripts: `N passed, N failed, N skipped`, then `, N not run` if there are any.
 * A test that ended in error counts as failed here; {@link lostLine} has the breakdown.
 */
export function closingLine({ pass, fail, error, skip, miss }: Counts): string {
  const notRun = miss === 0 ? '' : `, ${miss} not run`
  return `${pass} passed, ${fail + error} failed, ${skip} skipped${notRun}`
}

/** How many failures are not a verdict on the module; undefined if none. */
export function lostLine({ fail, error }: Counts): string | undefined {
  if (error === 0) return undefined
  return `of the failed: ${fail} failed their assertions, ${error} ended in an error of the harness or machine`
}

/** How to go on with an interrupted run. */
export const interruptedLine = (run: string): string =>
  `interrupted: results are incomplete; modprove run --resume ${run} goes on`

/** How many tests passed only on a retry; undefined if none. */
function flakyLine({ flaky }: Counts): string | undefined {
  if (flaky === 0) return undefined
  return `of the passed: ${flaky} failed at first, and passed when tried again on a fresh machine`
}

const MAX_REASON_CHARACTERS = 1000

/** Quotes hostile text in a line. */
type Quote = (text: string, limitCharacters: number) => string

/** How many machines had to be booted, and the first reason; undefined if all were restored. */
function notRestoredLine({ columns }: Pick<RunView, 'columns'>, quote: Quote): string | undefined {
  const all = columns.flatMap(({ jobs }) => jobs.flatMap(({ notRestored }) => notRestored))
  const [why] = all
  if (why === undefined) return undefined
  const machines = all.length === 1 ? '1 machine was' : `${all.length} machines were`
  return `${machines} booted instead of restored from a template: ${quote(why, MAX_REASON_CHARACTERS)}`
}

/** Lines that qualify the closing line: flaky tests, lost tests, machines not restored. */
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
