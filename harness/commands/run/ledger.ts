import { appendFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { sourcesOf } from '../../builder/index.js'
import { diskFull } from '../../platform/disk-full.js'
import { EXIT, ModproveError } from '../../platform/errors.js'
import {
  count,
  noCounts,
  SCHEMA,
  type Counts,
  type Host,
  type JobRef,
  type RecordedRequest,
  type RunEvent,
} from '../../contract/events.js'
import { compareWithPast, historyOf, remember } from '../../history/index.js'
import { packageVersion } from '../../platform/package-root.js'
import type { Project } from '../../project/project.js'
import { RunRecord, recordsOf } from '../../record/record.js'
import { isReplayable, writeReplay } from '../../record/replay.js'
import { keepSources } from '../../record/sources.js'
import { isWholeRun } from '../../record/whole-run.js'
import { columnName, isSettled, Progress, standing } from '../../record/progress.js'
import { sum, viewOf, type RunView } from '../../record/view.js'
import { JobTrack } from '../../scheduler/job-track.js'
import { commitOf, contentNow } from '../../plan/provenance.js'
import { subjectOf } from '../../plan/subject.js'

type TestEnd = Extract<RunEvent, { type: 'test-end' }>

/** For an error that affected every job; also used if nothing ran. */
const exitCodeOf = (error: Error): number =>
  error instanceof ModproveError ? error.exitCode : EXIT.harness

/** Events reported again for a resumed run, besides jobs that ended. */
const REPORTED_AGAIN: ReadonlySet<RunEvent['type']> = new Set(['run-start', 'plan', 'column'])

interface Opening {
  readonly record: RunRecord
  readonly jobs: readonly JobRef[]
  readonly report: (event: RunEvent) => void
  /** Earlier events of a resumed run. */
  readonly events: readonly RunEvent[]
  readonly history: string
}

/** Records, counts and reports the events of a run as they happen. */
export class Ledger {
  readonly folder: string
  readonly #record: RunRecord
  readonly #report: (event: RunEvent) => void
  readonly #since = performance.now()
  readonly #jobs: ReadonlyMap<string, JobRef>
  readonly #keys = new Map<string, string>()
  readonly #events: RunEvent[] = []
  readonly #earlierMs: number = 0
  readonly #unfinished = new Map<string, JobRef>()
  readonly #replays = new Map<string, number>()
  readonly #history: string
  readonly #unwritable = new AbortController()
  #counts: Counts = noCounts
  #buildFailed = false

  private constructor({ record, jobs, report, events, history }: Opening) {
    this.#history = history
    this.#record = record
    this.folder = record.folder
    this.#report = report
    this.#jobs = new Map(jobs.map(makeJobFolder => [makeJobFolder.id, makeJobFolder]))
    for (const job of jobs) this.#unfinished.set(job.id, job)
    if (events.length === 0) return
    const view = viewOf(events)
    const ended = [...new Progress(events).jobs.values()].filter(isSettled)
    for (const { ref } of ended) this.#unfinished.delete(ref.id)
    this.#counts = sum(...ended.map(job => job.counts))
    this.#events.push(...events)
    for (const { built } of view.columns) if (built) this.#keys.set(columnName(built), built.key)
    this.#earlierMs = view.end?.durationMs ?? 0
  }

  /** Starts the record of a new run. */
  static async begin(
    project: Project,
    request: RecordedRequest,
    jobs: readonly JobRef[],
    host: Host,
    report: (event: RunEvent) => void,
  ): Promise<Ledger> {
    const record = RunRecord.create(recordsOf(project), new Date(), isWholeRun(request))
    const { module } = project
    await keepSources(record.folder, module, await sourcesOf(module))
    const history = historyOf(project)
    const ledger = new Ledger({ record, jobs, report, events: [], history })
    ledger.emit({
      type: 'run-start',
      schema: SCHEMA,
      run: record.run,
      at: new Date().toISOString(),
      folder: record.folder,
      version: packageVersion,
      commit: await commitOf(project.root),
      content: await contentNow(project),
      subject: await subjectOf(project),
      argv: process.argv.slice(2),
      host,
      request,
    })
    ledger.emit({ type: 'plan', jobs })
    return ledger
  }

  /** Continues the record of an interrupted run. */
  static resume(
    project: Project,
    folder: string,
    events: readonly RunEvent[],
    host: Host,
    report: (event: RunEvent) => void,
  ): Ledger {
    const history = historyOf(project)
    const record = RunRecord.reopen(folder, events)
    const jobs = events.flatMap(event => (event.type === 'plan' ? event.jobs : []))
    const ledger = new Ledger({ record, jobs, report, events, history })
    for (const id of ledger.#unfinished.keys()) {
      // Derived files of these jobs go, too, or they would be duplicated.
      for (const left of ['findings.jsonl', 'failures'])
        rmSync(`${folder}/jobs/${id}/${left}`, { recursive: true, force: true })
    }
    // Only the second attempt of a repeated job is reported.
    for (const event of standing(events)) {
      if ('job' in event ? ledger.#unfinished.has(event.job) : !REPORTED_AGAIN.has(event.type))
        continue
      // The record's folder may have been moved.
      report(event.type === 'run-start' ? { ...event, folder: record.folder } : event)
    }
    ledger.emit({ type: 'run-resume', at: new Date().toISOString(), host })
    return ledger
  }

  get counts(): Counts {
    return this.#counts
  }

  /** Jobs that have not ended. */
  get unfinished(): ReadonlyMap<string, JobRef> {
    return this.#unfinished
  }

  /** Aborts when the record can no longer be written, because later results would be lost. */
  get unwritable(): AbortSignal {
    return this.#unwritable.signal
  }

  /** Makes the folder of one job. */
  job(id: string): string {
    return this.#record.makeJobFolder(id)
  }

  readonly emit = (event: RunEvent): void => {
    if (event.type === 'job-end') this.#unfinished.delete(event.job)
    if (event.type === 'column') this.#keys.set(columnName(event), event.key)
    if (event.type === 'test-end') {
      this.#counts = count(this.#counts, event.status, event.flaky !== undefined)
    }
    if (event.type === 'build-failed') {
      this.#counts = count(this.#counts, event.status)
      this.#buildFailed = true
      for (const [id, job] of this.#unfinished) {
        if (columnName(job) === columnName(event)) this.#unfinished.delete(id)
      }
    }
    const written = this.#written(event)
    this.#events.push(written)
    this.#report(written)
  }

  /** Appends an event. After a write error nothing is appended, so that no gap is hidden. */
  #written(event: RunEvent): RunEvent {
    if (this.#unwritable.signal.aborted) return event
    try {
      const complete = event.type === 'test-end' ? this.#withReplay(event) : event
      if (complete.type === 'test-end') this.#keepFindings(complete)
      this.#record.append(complete)
      return complete
    } catch (error) {
      this.#unwritable.abort(diskFull(error, 'Writing the record', [this.folder]) ?? error)
      return event
    }
  }

  /** Marks jobs without an end as `miss`, then records the comparison and the end. */
  async end(interrupted: boolean, baseline: RunView | undefined, fatal?: Error): Promise<number> {
    for (const id of [...this.#unfinished.keys()]) {
      const track = new JobTrack(id, this.emit)
      track.missed(interrupted ? 'the run was interrupted' : 'the run ended before it started')
    }
    if (!interrupted && !this.#unwritable.signal.aborted) {
      const view = viewOf(this.#events)
      for (const comparison of await compareWithPast(this.#history, view, baseline))
        this.emit(comparison)
      await this.#remember(view)
    }
    const exitCode = fatal === undefined ? this.exitCode(interrupted) : exitCodeOf(fatal)
    this.emit({
      type: 'run-end',
      at: new Date().toISOString(),
      durationMs: this.#earlierMs + performance.now() - this.#since,
      counts: this.#counts,
      exitCode,
      interrupted,
    })
    return exitCode
  }

  async #remember(view: RunView): Promise<void> {
    try {
      await remember(view, this.#history)
    } catch (error) {
      const known = diskFull(error, 'Adding the run to the history', [dirname(this.#history)])
      if (known === undefined) throw error
      this.#unwritable.abort(known)
    }
  }

  exitCode(interrupted: boolean): number {
    if (interrupted) return EXIT.interrupted
    if (this.#counts.fail > 0) return EXIT.failed
    if (this.#counts.error + this.#counts.miss > 0 || this.#buildFailed) return EXIT.harness
    return EXIT.passed
  }

  /** Adds what is needed to rerun a test that did not pass. */
  #withReplay(event: TestEnd): TestEnd {
    const job = this.#jobs.get(event.job)
    const [start] = this.#events
    if (!isReplayable(event) || job === undefined || start?.type !== 'run-start') return event
    const number = (this.#replays.get(job.id) ?? 0) + 1
    this.#replays.set(job.id, number)
    const { kernel, release, flavour, suite } = job
    const replay = writeReplay(this.folder, job, number, {
      run: start.run,
      commit: start.commit,
      content: start.content,
      kernel,
      release,
      flavour,
      key: this.#keys.get(columnName(job)) ?? '',
      suite,
      test: event.test,
      accelerator: start.host.accelerator,
      cold: start.request?.cold ?? false,
    })
    return { ...event, replay }
  }

  #keepFindings({ job, test, attempt, findings, flaky }: TestEnd): void {
    const all = [...(flaky?.findings ?? []), ...findings]
    if (all.length === 0) return
    const lines = all.map(finding => `${JSON.stringify({ test, attempt, ...finding })}\n`)
    appendFileSync(`${this.job(job)}/findings.jsonl`, lines.join(''))
  }
}
