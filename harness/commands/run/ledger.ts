import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { sourcesOf } from '../../builder/index.js'
import { diskFull } from '../../platform/files/disk-full.js'
import { EXIT, ModproveError } from '../../platform/errors.js'
import {
  SCHEMA,
  type Counts,
  type Host,
  type JobRef,
  type RecordedRequest,
  type RunEvent,
  type Shard,
} from '../../contract/events.js'
import { compareWithPast, historyOf, remember } from '../../history/index.js'
import { defined } from '../../platform/pick.js'
import { packageVersion } from '../../platform/files/package-root.js'
import type { Project } from '../../project/project.js'
import { RunRecord, recordsOf } from '../../record/record.js'
import { keepSources } from '../../record/sources.js'
import { isWholeRun } from '../../record/whole-run.js'
import { RunProgress, validEvents } from '../../record/run-progress.js'
import { viewOf, type RunView } from '../../record/view.js'
import { inRepository } from '../../plan/in-repository.js'
import { commitOf, contentNow } from '../../plan/provenance.js'
import { subjectOf } from '../../plan/subject.js'
import { FailureFiles, FILES_OF_FAILURES } from './failure-files.js'

/** What a new run is. */
export interface NewRun {
  readonly request: RecordedRequest
  readonly jobs: readonly JobRef[]
  readonly host: Host
  readonly shard?: Shard
  /** Of the plan: a cluster runs for hours, in which more may be committed. Absent: of now. */
  readonly commit?: string | null
}

/** Records, counts and reports the events of a run as they happen. */
export class Ledger {
  readonly #record: RunRecord
  /** Undefined for a shard: the whole is compared when it is merged. */
  readonly #history: string | undefined
  readonly #report: (event: RunEvent) => void
  readonly #since = performance.now()
  readonly #earlierMs: number
  /** The valid ones; a resume makes earlier ones void. */
  readonly #events: RunEvent[]
  readonly #progress: RunProgress
  readonly #failures: FailureFiles
  readonly #unwritable = new AbortController()

  private constructor(
    record: RunRecord,
    history: string | undefined,
    report: (event: RunEvent) => void,
    earlier: readonly RunEvent[] = [],
    earlierMs = 0,
  ) {
    this.#record = record
    this.#history = history
    this.#report = report
    this.#events = [...earlier]
    this.#progress = new RunProgress(earlier)
    this.#failures = new FailureFiles(record, earlier)
    this.#earlierMs = earlierMs
  }

  /**
   * Starts the record of a new run.
   * @param folder of the records of shards; undefined for the project's
   */
  static async begin(
    project: Project,
    { request, jobs, host, shard, commit }: NewRun,
    report: (event: RunEvent) => void,
    folder?: string,
  ): Promise<Ledger> {
    const isLatest = folder === undefined && isWholeRun(request)
    const record = RunRecord.create(folder ?? recordsOf(project), new Date(), isLatest)
    await keepSources(record.folder, project.module.root, await sourcesOf(project.module))
    const history = folder === undefined ? historyOf(project) : undefined
    const ledger = new Ledger(record, history, report)
    ledger.emit({
      type: 'run-start',
      schema: SCHEMA,
      run: record.run,
      at: new Date().toISOString(),
      folder: record.folder,
      version: packageVersion,
      commit: commit === undefined ? await commitOf(project.root) : commit,
      content: await contentNow(project),
      subject: await subjectOf(project),
      ...defined({ inRepository: await inRepository(project) }),
      argv: process.argv.slice(2),
      host,
      request,
      ...defined({ shard }),
    })
    ledger.emit({ type: 'plan', jobs })
    return ledger
  }

  /** Continues the record of an interrupted run; reports again what is still valid of it. */
  static resume(
    project: Project,
    folder: string,
    events: readonly RunEvent[],
    host: Host,
    report: (event: RunEvent) => void,
  ): Ledger {
    const resume: RunEvent = { type: 'run-resume', at: new Date().toISOString(), host }
    const valid = validEvents([...events, resume])
    const earlierMs = viewOf(events).end?.durationMs
    const record = RunRecord.reopen(folder, events)
    const ledger = new Ledger(record, historyOf(project), report, valid, earlierMs)
    // Derived files of repeated jobs would be duplicated.
    for (const { id } of ledger.unfinished)
      for (const left of FILES_OF_FAILURES)
        rmSync(`${folder}/jobs/${id}/${left}`, { recursive: true, force: true })
    // The record's folder may have been moved.
    for (const event of valid) report(event.type === 'run-start' ? { ...event, folder } : event)
    ledger.emit(resume)
    return ledger
  }

  get folder(): string {
    return this.#record.folder
  }

  get counts(): Counts {
    return this.#progress.counts
  }

  /** Jobs that have not ended. */
  get unfinished(): readonly JobRef[] {
    return this.#progress.openJobs
  }

  /** Aborts when the record can no longer be written, because later results would be lost. */
  get unwritable(): AbortSignal {
    return this.#unwritable.signal
  }

  makeJobFolder(id: string): string {
    return this.#record.makeJobFolder(id)
  }

  readonly emit = (event: RunEvent): void => {
    this.#progress.take(event)
    const written = this.#written(event)
    this.#events.push(written)
    this.#failures.take(written)
    this.#report(written)
  }

  /** Appends an event. After a write error nothing is appended, so that no gap is hidden. */
  #written(event: RunEvent): RunEvent {
    if (this.unwritable.aborted) return event
    try {
      const complete = event.type === 'test-end' ? this.#failures.keep(event) : event
      this.#record.append(complete)
      return complete
    } catch (error) {
      this.#unwritable.abort(diskFull(error, 'Writing the record', [this.folder]) ?? error)
      return event
    }
  }

  /**
   * Marks jobs without an end as `miss`, then records the comparison and the end.
   * @param fatal what affected every job
   * @returns the exit status
   */
  async end(interrupted: boolean, baseline: RunView | undefined, fatal?: Error): Promise<number> {
    const why = interrupted ? 'the run was interrupted' : 'the run ended before it started'
    for (const event of this.#progress.endsOfOpenJobs(why)) this.emit(event)
    if (this.#history !== undefined && !interrupted && !this.unwritable.aborted) {
      const view = viewOf(this.#events)
      for (const comparison of await compareWithPast(this.#history, view, baseline))
        this.emit(comparison)
      await this.#remember(view, this.#history)
    }
    const exitCode = runExitCode(this.#progress, interrupted, fatal)
    this.emit({
      type: 'run-end',
      at: new Date().toISOString(),
      durationMs: Math.round(this.#earlierMs + performance.now() - this.#since),
      counts: this.counts,
      exitCode,
      interrupted,
    })
    return exitCode
  }

  async #remember(view: RunView, history: string): Promise<void> {
    try {
      await remember(view, history)
    } catch (error) {
      const known = diskFull(error, 'Adding the run to the history', [dirname(history)])
      if (known === undefined) throw error
      this.#unwritable.abort(known)
    }
  }
}

function runExitCode({ exitCode }: RunProgress, interrupted: boolean, fatal?: Error): number {
  if (fatal !== undefined) return fatal instanceof ModproveError ? fatal.exitCode : EXIT.harness
  return interrupted ? EXIT.interrupted : exitCode
}
