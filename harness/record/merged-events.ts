import type { EventOf, RunEvent, RunStart } from '../contract/events.js'
import type { ClosedEvent } from './closed-record.js'
import { mergedComparisons } from './merge-comparisons.js'
import type { MergedPlan } from './merge-plans.js'
import { columnName, RunProgress } from './run-progress.js'
import type { ShardRecord } from './shards.js'
import type { BuildFailed, Comparison } from './view.js'

/** Why a planned job has no result. */
const NOT_BROUGHT = 'no record has its result'

/** The events of several records as those of one run. */
export class MergedEvents {
  readonly #start: RunStart
  readonly #records: readonly ShardRecord[]
  readonly #plan: MergedPlan
  /** Of what was read so far. */
  readonly progress = new RunProgress()
  readonly #coverage: EventOf<'coverage'> | undefined
  readonly #comparisons: Comparison[] = []
  readonly #built = new Set<string>()
  readonly #failed = new Map<string, BuildFailed>()
  #interrupted = false
  #endMs = 0

  /** @param coverage of all of them */
  constructor(
    start: RunStart,
    records: readonly ShardRecord[],
    plan: MergedPlan,
    coverage?: EventOf<'coverage'>,
  ) {
    this.#coverage = coverage
    this.#start = start
    this.#records = records
    this.#plan = plan
  }

  async *all(): AsyncGenerator<ClosedEvent> {
    for await (const one of this.#unended()) {
      this.progress.take(one.event)
      yield one
    }
    for (const event of this.progress.endsOfOpenJobs(NOT_BROUGHT)) {
      this.progress.take(event)
      yield { event }
    }
    if (this.#coverage !== undefined) yield { event: this.#coverage }
    for (const event of mergedComparisons(this.#comparisons)) yield { event }
    yield { event: this.#end() }
  }

  async *#unended(): AsyncGenerator<ClosedEvent> {
    yield { event: this.#start }
    yield { event: { type: 'plan', jobs: this.#plan.jobs } }
    for (const record of this.#records)
      for await (const one of record.events()) if (this.#isTaken(one.event, record)) yield one
    // A kernel that one worker failed to build may have been built by another.
    for (const [column, event] of this.#failed) if (!this.#built.has(column)) yield { event }
  }

  /** Whether an event is copied; what concerns the run as a whole is kept for the end. */
  #isTaken(event: RunEvent, record: ShardRecord): boolean {
    if ('job' in event) return this.#plan.from.get(event.job) === record
    if (event.type === 'column') {
      const isFirst = !this.#built.has(columnName(event))
      this.#built.add(columnName(event))
      return isFirst
    }
    if (event.type === 'build-failed') this.#failed.set(columnName(event), event)
    if (event.type === 'comparison') this.#comparisons.push(event)
    if (event.type === 'run-end') {
      this.#interrupted ||= event.interrupted && this.#plan.used.has(record)
      this.#endMs = Math.max(this.#endMs, Date.parse(record.start.at) + event.durationMs)
    }
    return false
  }

  /** Shards run in parallel: it lasts from the first start to the last end. */
  #end(): RunEvent {
    const { counts, exitCode } = this.progress
    return {
      type: 'run-end',
      at: new Date(this.#endMs).toISOString(),
      durationMs: this.#endMs - Date.parse(this.#start.at),
      counts,
      exitCode,
      interrupted: this.#interrupted,
    }
  }
}
