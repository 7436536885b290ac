import {
  noCounts,
  type Counts,
  type Host,
  type RecordedRequest,
  type RunEvent,
} from '../contract/events.js'
import type { BisectEvent } from '../contract/bisect-events.js'
import type { MutantEvent } from '../contract/mutant-events.js'

/** `run.json`: what a run was and its result; the details are in the events. */
export interface RunDigest {
  readonly schema: number
  readonly run: string
  /** When it began, ISO 8601 in UTC. */
  readonly at: string
  readonly version: string
  readonly commit: string | null
  readonly argv: readonly string[]
  readonly request?: RecordedRequest
  readonly host: Host
  readonly columns: readonly {
    readonly kernel: string
    readonly release: string
    readonly flavour: string
    readonly state: 'waiting' | 'built' | 'failed'
  }[]
  readonly counts: Counts
  /** Null until the run ends, and for ever if it was cut off. */
  readonly exitCode: number | null
  readonly interrupted: boolean
  readonly durationMs: number | null
}

type Column = RunDigest['columns'][number]
type Start = Pick<RunDigest, 'schema' | 'run' | 'at' | 'version' | 'commit' | 'argv' | 'host'> &
  Pick<RunDigest, 'request'>
type End = Pick<RunDigest, 'exitCode' | 'interrupted' | 'durationMs'>

/** The end of a run that is going on or was cut off. */
const noEnd: End = { exitCode: null, interrupted: false, durationMs: null }

/** Collects `run.json` from a run's events. */
export class Digest {
  #start: Start | undefined
  #counts: Counts = noCounts
  #end = noEnd
  readonly #columns = new Map<string, Column>()

  get value(): Partial<RunDigest> {
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
    if (event.type === 'run-start') {
      const { schema, run, at, version, commit, argv, request, host } = event
      const start = { schema, run, at, version, commit, argv, host }
      this.#start = { ...start, ...(request === undefined ? {} : { request }) }
    } else if (event.type === 'plan') for (const job of event.jobs) this.#column(job, 'waiting')
    else if (event.type === 'column') this.#column(event, 'built')
    else if (event.type === 'build-failed') this.#column(event, 'failed')
    else if (event.type === 'run-end') {
      const { counts, exitCode, interrupted, durationMs } = event
      this.#counts = counts
      this.#end = { exitCode, interrupted, durationMs }
    } else return hadEnded
    return true
  }

  #column({ kernel, release, flavour }: Omit<Column, 'state'>, state: Column['state']): void {
    this.#columns.set(`${kernel} ${flavour}`, { kernel, release, flavour, state })
  }
}
