import type { LogRecord } from '../../contract/log-record.js'
import { CONSEQUENCE, type Beginning } from './boundaries.js'
import { isStall } from '../finding-kinds.js'
import type { Splat } from './splat.js'

/** Longest time between a report and its consequence from the same caller. */
const MAX_CONSEQUENCE_US = 50_000
/** Longest time between a report and the panic or the NMI backtraces that it causes. */
const MAX_AFTERMATH_US = 30_000_000
const MOST_REPORTS = 8

type PastReport = Pick<Splat, 'caller' | 'firstSequence' | 'lastTimeUs' | 'row'>

/** The latest reports, any of which may have caused the next one. */
export class RecentReports {
  #past: PastReport[] = []

  /** Keeps what is needed of a report, without its text. */
  add({ caller, firstSequence, lastTimeUs, row }: PastReport): void {
    const others = this.#past.slice(1 - MOST_REPORTS)
    this.#past = [...others, { caller, firstSequence, lastTimeUs, row }]
  }

  /**
   * `firstSequence` of the report that caused the one that begins with this line.
   * @param open reports that may still grow
   */
  causeOf(
    { caller, timeUs }: LogRecord,
    line: string,
    beginning: Beginning | undefined,
    open: readonly PastReport[],
  ): number | undefined {
    const latest = (wanted: (past: PastReport) => boolean): number | undefined =>
      [...this.#past, ...open].findLast(past => wanted(past))?.firstSequence
    const isRecent = (past: PastReport): boolean => timeUs - past.lastTimeUs <= MAX_AFTERMATH_US
    const kind = beginning?.row.kind
    if (kind === 'nmi-backtrace') return latest(past => isRecent(past) && isStall(past.row?.kind))
    if (kind === 'panic') return CONSEQUENCE.test(line) ? latest(isRecent) : undefined
    if (caller === '') return undefined
    return latest(past => past.caller === caller && timeUs - past.lastTimeUs <= MAX_CONSEQUENCE_US)
  }
}
