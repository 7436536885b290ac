import { usageError } from '../platform/errors.js'
import type { RecordedRequest, RunStart } from '../contract/events.js'
import { readEvents } from './read.js'
import { viewOf, type RunView } from './view.js'

/**
 * The request of a run of suites; other kinds of record have none.
 *
 * @param folder of the record
 * @throws ModproveError `NOT_A_RUN` for a record of mutants or of a bisect
 */
export function requireRun({ request, argv }: RunStart, folder: string): RecordedRequest {
  if (request !== undefined) return request
  const [command] = argv
  if (command === 'bisect') {
    throw usageError('NOT_A_RUN', `${folder} is the record of a bisect`, {
      remedy: 'Run the same bisect again for its results; else name the record of a run',
    })
  }
  throw usageError('NOT_A_RUN', `${folder} is the record of a run of mutants`, {
    remedy: `The result of each mutant is in ${folder}/mutants.json; else name the record of a run`,
  })
}

/**
 * Reads a run of suites.
 * @throws ModproveError as {@link readEvents} and {@link requireRun}
 */
export async function readRun(folder: string): Promise<RunView> {
  const view = viewOf(await readEvents(folder))
  requireRun(view.start, folder)
  return view
}
