import { join } from 'node:path'
import type { RunEvent } from '../contract/events.js'
import { writeWhole } from '../platform/write-whole.js'
import { eventLines } from './read.js'
import type { Comparison } from './view.js'

/**
 * Puts what a run was compared with into its record, as the run itself would have: before its end, and in place of what was
 * said of the same comparison before. Whoever reads the record meanwhile has the old one or the new one.
 *
 * @param folder of a run that has ended, as `findRecord` gives it
 * @throws as {@link eventLines}
 */
export async function putComparisons(
  folder: string,
  comparisons: readonly Comparison[],
): Promise<void> {
  await writeWhole(join(folder, 'events.jsonl'), lines(folder, comparisons))
}

async function* lines(folder: string, comparisons: readonly Comparison[]): AsyncGenerator<string> {
  let end = ''
  for await (const { event, line } of eventLines(folder)) {
    if (comparisons.some(comparison => isOfTheSame(event, comparison))) continue
    // A run that went on has several ends; only the last one is its end.
    yield end
    end = event.type === 'run-end' ? `${line}\n` : ''
    if (event.type !== 'run-end') yield `${line}\n`
  }
  yield* comparisons.map(comparison => `${JSON.stringify(comparison)}\n`)
  yield end
}

const isOfTheSame = (event: RunEvent, { against, run }: Comparison): boolean =>
  event.type === 'comparison' && event.against === against && event.run === run
