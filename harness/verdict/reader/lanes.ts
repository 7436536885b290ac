import type { LogRecord } from '../../contract/log-record.js'
import type { Splat } from './splat.js'

const MAX_LANES = 256

/** State per caller: the records of a report share one; other processors print under others. */
export interface Lane {
  /** Open. */
  splat: Splat | undefined
  /** Ended, but trailing lines may still belong to it. */
  ended: Splat | undefined
  /** The latest lines that belong to no report. */
  before: { readonly record: LogRecord; readonly line: string }[]
}

/** One lane for each caller that printed recently; bounded. */
export class Lanes {
  readonly #byCaller = new Map<string, Lane>()
  readonly #close: (lane: Lane, why: string) => void

  /** @param close called before a lane is dropped */
  constructor(close: (lane: Lane, why: string) => void) {
    this.#close = close
  }

  of(caller: string): Lane {
    const known = this.#byCaller.get(caller)
    const lane = known ?? { splat: undefined, ended: undefined, before: [] }
    this.#byCaller.delete(caller)
    this.#byCaller.set(caller, lane)
    const [oldest] = this.#byCaller
    if (this.#byCaller.size > MAX_LANES && oldest !== undefined) {
      this.#close(oldest[1], `more than ${MAX_LANES} callers printed at once`)
      this.#byCaller.delete(oldest[0])
    }
    return lane
  }

  /** Reports that may still grow. */
  get open(): Splat[] {
    const splats = [...this.#byCaller.values()].flatMap(({ ended, splat }) => [ended, splat])
    return splats.filter(splat => splat !== undefined)
  }

  /** Notes in each report that has not ended why it is incomplete. */
  cut(why: string): void {
    for (const { splat } of this.#byCaller.values()) splat?.cut(why)
  }

  closeAll(why: string): void {
    for (const lane of this.#byCaller.values()) this.#close(lane, why)
    this.#byCaller.clear()
  }
}
