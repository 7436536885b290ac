import type { Work } from '../builder/index.js'
import type { BisectEvent } from '../contract/bisect-events.js'
import { count, noCounts, SCHEMA, type Content, type RunEvent } from '../contract/events.js'
import type { MutantEvent } from '../contract/mutant-events.js'
import { commitOf, contentNow, hostOf } from '../plan/provenance.js'
import type { Accelerator } from '../contract/accelerator.js'
import { EXIT } from '../platform/errors.js'
import { packageVersion } from '../platform/files/package-root.js'
import type { Project } from '../project/project.js'
import { RunRecord, recordsOf } from '../record/record.js'

/** What a bisect or a run of mutants works with. */
export interface ActivityContext<Own> extends Work {
  readonly project: Project
  readonly report: (event: RunEvent | Own) => void
}

/** The record of a bisect or of a run of mutants; that of a run of suites is a `Ledger`. */
export class ActivityRecord<Own extends BisectEvent | MutantEvent> {
  readonly #project: Project
  readonly #record: RunRecord
  readonly #report: (event: RunEvent | Own) => void
  readonly #since = performance.now()
  #counts = noCounts

  constructor({ project, report }: Pick<ActivityContext<Own>, 'project' | 'report'>) {
    this.#project = project
    this.#record = RunRecord.create(recordsOf(project))
    this.#report = report
  }

  get folder(): string {
    return this.#record.folder
  }

  /** @returns what is tested */
  async begin(accelerator: Accelerator): Promise<Content> {
    const content = await contentNow(this.#project)
    this.emit({
      type: 'run-start',
      schema: SCHEMA,
      run: this.#record.run,
      at: new Date().toISOString(),
      folder: this.folder,
      version: packageVersion,
      commit: await commitOf(this.#project.root),
      content,
      host: await hostOf(accelerator),
      argv: process.argv.slice(2),
    })
    return content
  }

  readonly emit = (event: RunEvent | Own): void => {
    if (event.type === 'test-end') this.#counts = count(this.#counts, event.status)
    this.#record.append(event)
    this.#report(event)
  }

  readonly makeJobFolder = (job: string): string => this.#record.makeJobFolder(job)

  end(exitCode: number): void {
    this.emit({
      type: 'run-end',
      at: new Date().toISOString(),
      durationMs: performance.now() - this.#since,
      counts: this.#counts,
      exitCode,
      interrupted: exitCode === EXIT.interrupted,
    })
  }
}
