import { usageError } from '../platform/errors.js'
import { compareWithPast, historyOf, remember } from '../history/index.js'
import type { Project } from '../project/project.js'
import { putComparisons } from '../record/put-comparisons.js'
import { readRun } from '../record/require-run.js'
import type { RunView } from '../record/view.js'

interface How {
  readonly baseline?: RunView | undefined
  /** Adds the run to the history. */
  readonly remember: boolean
  readonly say?: (text: string) => void
}

/**
 * Compares a record with the runs before it, and adds to it what changed.
 * @throws ModproveError `RUN_NOT_ENDED`, and those of reading
 */
export async function compareRecord(
  folder: string,
  project: Project,
  { baseline, remember: isKept, say }: How,
): Promise<RunView> {
  const history = historyOf(project)
  const view = await readRun(folder)
  requireEnd(view, folder)
  const comparisons = await compareWithPast(history, view, baseline, say)
  await putComparisons(folder, comparisons)
  if (isKept) await remember(view, history)
  return { ...view, comparisons }
}

function requireEnd({ start, end }: RunView, folder: string): void {
  if (end !== undefined) return
  throw usageError('RUN_NOT_ENDED', `${start.run} is still running, or was cut off: ${folder}`, {
    remedy: `modprove run --resume ${folder} completes it; then compare it`,
  })
}
