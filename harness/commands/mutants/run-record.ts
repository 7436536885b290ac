import { join } from 'node:path'
import { EXIT, type ExitCode } from '../../platform/errors.js'
import type { MutantEvent, MutantResult } from '../../contract/mutant-events.js'
import { writeJson } from '../../platform/files/write-atomically.js'
import { exitCodeOf } from '../../record/exit-code.js'
import { ActivityRecord } from '../activity-record.js'
import { mapPromises } from './map.js'

/** The record of a mutation run: a run's record, and `mutants.json` with each result. */
export class MutantsRecord extends ActivityRecord<MutantEvent> {
  readonly #results: MutantResult[] = []

  conclude(result: MutantResult): void {
    this.#results.push(result)
    this.emit({ type: 'mutant-end', ...result })
  }

  /**
   * Closes the record.
   * @param known `promises`: all with a test; `unbreakable`: why some cannot be broken; the rest as
   * in `MutantMap`
   * @returns the exit status
   */
  async close(known: {
    readonly promises: Iterable<string>
    readonly unbreakable: ReadonlyMap<string, string>
    readonly allMutants: boolean
    readonly complete: boolean
    readonly baselineFailures: readonly string[]
    readonly interrupted: boolean
  }): Promise<ExitCode> {
    const { promises, unbreakable, allMutants, complete, baselineFailures, interrupted } = known
    const mutants = this.#results.toSorted((a, b) => (a.mutant < b.mutant ? -1 : 1))
    const map = mapPromises(mutants, promises, unbreakable, { allMutants, complete })
    this.emit({ type: 'mutant-map', ...map })
    await writeJson(join(this.folder, 'mutants.json'), { baselineFailures, mutants, map })
    const exitCode = interrupted
      ? EXIT.interrupted
      : exitCodeOf(countsOf(mutants, baselineFailures.length))
    this.end(exitCode)
    return exitCode
  }
}

function countsOf(results: readonly MutantResult[], baselineFailures: number) {
  const those = (...outcomes: MutantResult['outcome'][]): number =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length
  const error = those('error') + baselineFailures
  return { fail: those('survived', 'unrelated'), error, miss: those('miss') }
}
