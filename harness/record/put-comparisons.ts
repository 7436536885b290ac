import { join } from 'node:path'
import type { RunEvent } from '../contract/events.js'
import { writeAtomically } from '../platform/files/write-atomically.js'
import { eventLines } from './read.js'
import type { Comparison } from './view.js'

/**
 * Writes a run's comparisons into its record, before its end, in place of earlier ones with
 * the same run. Replaces the file atomically, so readers see the old or the new record.
 *
 * @param folder of a run that has ended, from `findRecord`
 * @throws as {@link eventLines}
 */
export async function putComparisons(
  folder: string,
  comparisons: readonly Comparison[],
): Promise<void> {
  await writeAtomically(join(folder, 'events.jsonl'), lines(folder, comparisons))
}

async function* lines(folder: string, comparisons: readonly Comparison[]): AsyncGenerator<string> {
  let end = ''
  for await (const { event, line } of eventLines(folder)) {
    if (comparisons.some(comparison => isOfTheSame(event, comparison))) continue
    // A resumed run has several ends; only the last is valid.
    yield end
    end = event.type === 'run-end' ? `${line}\n` : ''
    if (event.type !== 'run-end') yield `${line}\n`
  }
  yield* comparisons.map(comparison => `${JSON.stringify(comparison)}\n`)
  yield end
}

const isOfTheSame = (event: RunEvent, { against, run }: Comparison): boolean =>
  event.type === 'comparison' && event.against === against && event.run === run
