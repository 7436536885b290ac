import {
  noCounts,
  type Counts,
  type JobRef,
  type RunEvent,
  type RunStart,
} from '../contract/events.js'
import type { BisectEvent } from '../contract/bisect-events.js'
import type { MutantEvent } from '../contract/mutant-events.js'
import { pick } from '../platform/pick.js'
import { columnName } from './run-progress.js'

const OF_START = [
  'schema',
  'run',
  'at',
  'version',
  'commit',
  'argv',
  'request',
  'shard',
  'host',
] as const

interface ColumnState extends Pick<JobRef, 'kernel' | 'release' | 'flavour'> {
  readonly state: 'waiting' | 'built' | 'failed'
}

/** Null until the run ends, and for ever if it was cut off. */
interface End {
  readonly exitCode: number | null
  readonly interrupted: boolean
  readonly durationMs: number | null
}

/** `run.json`: what a run was and its result; the details are in the events. */
interface RunJsonValue extends Pick<RunStart, (typeof OF_START)[number]>, End {
  readonly columns: readonly ColumnState[]
  readonly counts: Counts
}

/** The end of a run that is going on or was cut off. */
const noEnd: End = { exitCode: null, interrupted: false, durationMs: null }

/** Collects `run.json` from a run's events. */
export class RunJson {
  #start: Partial<RunJsonValue> = {}
  #counts: Counts = noCounts
  #end = noEnd
  readonly #columns = new Map<string, ColumnState>()

  get value(): Partial<RunJsonValue> {
    return {
      ...this.#start,
      counts: this.#counts,
      ...this.#end,
      columns: [...this.#columns.values()],
    }
  }

  /** @returns whether `run.json` changes with this event */
  take(event: RunEvent | MutantEvent | BisectEvent): boolean {
    // An event after the run's end means that the run was resumed.
    const hadEnded = this.#end !== noEnd
    this.#end = noEnd
    if (event.type === 'run-start') this.#start = pick(event, ...OF_START)
    else if (event.type === 'plan') for (const job of event.jobs) this.#column(job, 'waiting')
    else if (event.type === 'column') this.#column(event, 'built')
    else if (event.type === 'build-failed') this.#column(event, 'failed')
    else if (event.type === 'run-end') {
      this.#counts = event.counts
      this.#end = pick(event, 'exitCode', 'interrupted', 'durationMs')
    } else return hadEnded
    return true
  }

  #column(named: Omit<ColumnState, 'state'>, state: ColumnState['state']): void {
    const column = { ...pick(named, 'kernel', 'release', 'flavour'), state }
    this.#columns.set(columnName(named), column)
  }
}
