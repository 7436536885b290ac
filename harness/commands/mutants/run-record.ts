import { join } from 'node:path'
import type { Accelerator } from '../../platform/deadlines.js'
import { EXIT, type ExitCode } from '../../platform/errors.js'
import { count, noCounts, SCHEMA, type JobRef, type RunEvent } from '../../contract/events.js'
import type { MutantEvent, MutantResult } from '../../contract/mutant-events.js'
import { writeAtomically } from '../../platform/write-atomically.js'
import { packageVersion } from '../../platform/package-root.js'
import type { Project } from '../../project/project.js'
import { RunRecord, recordsOf } from '../../record/record.js'
import { commitOf, contentNow, hostOf } from '../../plan/provenance.js'
import { mapPromises } from './map.js'

/** The record of a mutation run: a run's record, and `mutants.json` with each result. */
export class MutantsRecord {
  readonly #project: Project
  readonly #record: RunRecord
  readonly #report: (event: RunEvent | MutantEvent) => void
  readonly #since = performance.now()
  readonly #results: MutantResult[] = []
  #counts = noCounts

  constructor(project: Project, report: (event: RunEvent | MutantEvent) => void) {
    this.#project = project
    this.#record = RunRecord.create(recordsOf(project))
    this.#report = report
  }

  async begin(jobs: readonly JobRef[], accelerator: Accelerator): Promise<void> {
    this.emit({
      type: 'run-start',
      schema: SCHEMA,
      run: this.#record.run,
      at: new Date().toISOString(),
      folder: this.#record.folder,
      version: packageVersion,
      commit: await commitOf(this.#project.root),
      content: await contentNow(this.#project),
      host: await hostOf(accelerator),
      argv: process.argv.slice(2),
    })
    this.emit({ type: 'plan', jobs })
  }

  emit(event: RunEvent | MutantEvent): void {
    if (event.type === 'test-end') this.#counts = count(this.#counts, event.status)
    this.#record.append(event)
    this.#report(event)
  }

  conclude(result: MutantResult): void {
    this.#results.push(result)
    this.emit({ type: 'mutant-end', ...result })
  }

  /** Makes the folder of one job. */
  job(id: string): string {
    return this.#record.makeJobFolder(id)
  }

  /**
   * Closes the record.
   * @param known `promises`: all with a test; `unbreakable`: why some cannot be broken; the rest as
   * in `MutantMap`
   * @returns the exit status
   */
  async end(known: {
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
    const text = JSON.stringify({ baselineFailures, mutants, map }, undefined, 2)
    await writeAtomically(join(this.#record.folder, 'mutants.json'), `${text}\n`)
    const exitCode = interrupted
      ? EXIT.interrupted
      : exitCodeOf(mutants, baselineFailures.length === 0)
    this.emit({
      type: 'run-end',
      at: new Date().toISOString(),
      durationMs: performance.now() - this.#since,
      counts: this.#counts,
      exitCode,
      interrupted,
    })
    return exitCode
  }
}

function exitCodeOf(results: readonly MutantResult[], baselinePasses: boolean): ExitCode {
  const are = (...outcomes: MutantResult['outcome'][]): boolean =>
    results.some(({ outcome }) => outcomes.includes(outcome))
  if (are('survived', 'unrelated')) return EXIT.failed
  return are('error', 'miss') || !baselinePasses ? EXIT.harness : EXIT.passed
}
