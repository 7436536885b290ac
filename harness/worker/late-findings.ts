import { isDeepStrictEqual } from 'node:util'
import type { Late, LateEntry, LateReport } from '../contract/late.js'
import { lateProblems } from '../verdict/index.js'
import { isAmong, withLate, type TryResult } from './try-result.js'

/** What came after the verdict on its test: it is reported at the suite's end. */
export class LateFindings {
  readonly #all: Late[]
  readonly #send: (late: Late) => void

  /**
   * @param earlier those of a worker that died
   * @param send sends one on at once: this worker may not reach the suite's end
   */
  constructor(earlier: readonly Late[], send: (late: Late) => void) {
    this.#all = [...earlier]
    this.#send = send
  }

  /** Of a test that runs again, the same problem is added once. */
  add(late: Late): void {
    if (!('report' in late) && this.#all.some(each => isDeepStrictEqual(each, late))) return
    this.#all.push(late)
    this.#send(late)
  }

  /** Adds reports that came at the same time. */
  addReports(reports: readonly LateReport[], how: Omit<LateEntry, 'report'>): void {
    for (const report of reports) this.add({ ...how, report })
  }

  /** The suite's end with these added. */
  addTo(end: TryResult): TryResult {
    // What recurs at the end is reported once, unless its test is known.
    const isTwice = (each: Late): boolean =>
      'report' in each && each.isProved !== true && isAmong(end.findings, each.report)
    const late = this.#all.filter(each => !isTwice(each))
    const problems = lateProblems(late)
    if (problems.length === 0) return end
    const reports = late.flatMap(each => ('report' in each ? [each.report] : []))
    return withLate(end, problems, reports)
  }
}
