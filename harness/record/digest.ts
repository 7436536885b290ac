import {
  noCounts,
  type Counts,
  type Host,
  type Request,
  type RunEvent,
} from '../contract/events.js'
import type { BisectEvent } from '../contract/bisect-events.js'
import type { MutantEvent } from '../contract/mutant-events.js'

/** `run.json`: what a run was, and what it came to; the events tell the rest. */
export interface RunDigest {
  readonly schema: number
  readonly run: string
  /** When it began, ISO 8601 in UTC. */
  readonly at: string
  readonly version: string
  readonly commit: string | null
  readonly argv: readonly string[]
  readonly request?: Request
  readonly host: Host
  readonly columns: readonly {
    readonly kernel: string
    readonly release: string
    readonly flavour: string
    readonly state: 'waiting' | 'built' | 'failed'
  }[]
  readonly counts: Counts
  /** Null until it ended: then it was cut off. */
  readonly exitCode: number | null
  readonly interrupted: boolean
  readonly durationMs: number | null
}

type Column = RunDigest['columns'][number]

/** Follows a run's events for `run.json`. */
export class Digest {
  #value: Partial<RunDigest> = {
    counts: noCounts,
    exitCode: null,
    interrupted: false,
    durationMs: null,
  }
  readonly #columns = new Map<string, Column>()

  get value(): Partial<RunDigest> {
    return { ...this.#value, columns: [...this.#columns.values()] }
  }

  take(event: RunEvent | MutantEvent | BisectEvent): void {
    if (event.type === 'run-start') {
      const { schema, run, at, version, commit, argv, request, host } = event
      const start = { schema, run, at, version, commit, argv, host }
      this.#value = { ...start, ...(request === undefined ? {} : { request }), ...this.#value }
    }
    if (event.type === 'run-resume')
      this.#value = { ...this.#value, exitCode: null, interrupted: false, durationMs: null }
    if (event.type === 'plan') for (const job of event.jobs) this.#column(job, 'waiting')
    if (event.type === 'column') this.#column(event, 'built')
    if (event.type === 'build-failed') this.#column(event, 'failed')
    if (event.type === 'run-end') {
      const { counts, exitCode, interrupted, durationMs } = event
      this.#value = { ...this.#value, counts, exitCode, interrupted, durationMs }
    }
  }

  #column({ kernel, release, flavour }: Omit<Column, 'state'>, state: Column['state']): void {
    this.#columns.set(`${kernel} ${flavour}`, { kernel, release, flavour, state })
  }
}
