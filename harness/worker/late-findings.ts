import { isDeepStrictEqual } from 'node:util'
import type { Late, LateReport } from '../contract/late.js'
import { lateProblems } from '../verdict/index.js'
import { withLate, type TryResult } from './try-result.js'

/** What came after the verdict on its test: it is reported at the suite's end. */
export class LateFindings {
  readonly #all: Late[]
  readonly #tell: (late: Late) => void

  /**
   * @param earlier those of a worker that died
   * @param tell sends one on at once: this worker may not reach the suite's end
   */
  constructor(earlier: readonly Late[], tell: (late: Late) => void) {
    this.#all = [...earlier]
    this.#tell = tell
  }

  /**
   * @param after the last test that had passed on the machine
   * @param isProved that test causes it alone
   */
  add(
    during: string,
    reports: readonly LateReport[],
    after: string | undefined,
    isProved = false,
  ): void {
    for (const report of reports)
      this.tell({ during, report, isProved, ...(after === undefined ? {} : { after }) })
  }

  /** Of a test that runs again, the same is told once. */
  tell(late: Late): void {
    if (!('report' in late) && this.#all.some(each => isDeepStrictEqual(each, late))) return
    this.#all.push(late)
    this.#tell(late)
  }

  /** The suite's end with these added. */
  addTo(end: TryResult): TryResult {
    const problems = lateProblems(this.#all)
    if (problems.length === 0) return end
    const reports = this.#all.flatMap(each => ('report' in each ? [each.report] : []))
    return withLate(end, problems, reports)
  }
}
