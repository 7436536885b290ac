import type { Place } from '../run/job.js'
import type { Readings } from './measure.js'

/** A kernel of the catalogue that is built, ready to boot. */
export interface BuiltPlace {
  /** `6.1.192 plain` */
  readonly name: string
  readonly place: Place
}

export interface BenchContext {
  /** The plain and the debug kernel of the chosen series, each with its template. */
  readonly plain: Place
  readonly debug: Place
  /** The newest plain kernel of each series that is built; asked for when a row needs it. */
  readonly everySeries: () => Promise<readonly BuiltPlace[]>
  /** Series or release of the chosen kernel. */
  readonly kernel: string
  readonly signal: AbortSignal
}

/** Readings of one subject; the name is what the command takes. */
export interface Row {
  readonly name: string
  readonly measures: string
  /** It takes many minutes: only when it is named. */
  readonly onlyWhenNamed?: boolean
  readonly read: (context: BenchContext) => Promise<Readings[]>
}
