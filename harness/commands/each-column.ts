import { EXIT, ModproveError } from '../platform/errors.js'
import type { Column } from '../plan/column.js'
import { exitCodeOf } from '../record/exit-code.js'
import { reportError } from './report-error.js'

/**
 * Does work for each column. Its error is reported and counted, and does not stop the others.
 * @param act returns whether the column passed
 * @returns the exit status
 * @throws ModproveError for wrong use; the signal's reason
 */
export async function eachColumn(
  columns: readonly Column[],
  signal: AbortSignal,
  act: (column: Column) => Promise<boolean>,
): Promise<number> {
  const ends = { fail: 0, error: 0, miss: 0 }
  for (const column of columns) {
    try {
      if (!(await act(column))) ends.fail++
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof ModproveError) || error.outcome === 'usage') throw error
      ends[reportError(error) === EXIT.failed ? 'fail' : 'error']++
    }
  }
  return exitCodeOf(ends)
}
