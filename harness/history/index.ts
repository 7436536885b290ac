import type { Comparison, RunView } from '../record/view.js'
import { isWholeRun } from '../record/whole-run.js'
import { compare } from './compare.js'
import { entriesOf } from './entry.js'
import { appendHistory, pastOf, readHistory } from './history.js'

export { historyOf } from './history.js'

/**
 * Compares a run with the last runs before it, and with a baseline if one is given.
 * @param file of the history, see {@link historyOf}
 * @param leftOut as {@link readHistory} takes it
 */
export async function compareWithPast(
  file: string,
  view: RunView,
  baseline?: RunView,
  leftOut?: (text: string) => void,
): Promise<Comparison[]> {
  const past = await readHistory(file, view.start.subject, view.start, leftOut)
  const last = compare(view, past, { against: 'last' })
  if (baseline === undefined) return [last]
  const { run } = baseline.start
  return [last, compare(view, pastOf(entriesOf(baseline)), { against: 'baseline', run })]
}

/** Appends a run to the history, unless it ran only a part of the tests. */
export const remember = async (view: RunView, file: string): Promise<void> =>
  isWholeRun(view.start.request) ? appendHistory(entriesOf(view), file) : undefined
