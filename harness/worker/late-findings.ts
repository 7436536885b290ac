import type { FindingReport } from '../contract/events.js'
import type { Late } from '../contract/late.js'
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
   * @param isProved that test brings it about alone
   */
  add(
    during: string,
    findings: readonly FindingReport[],
    after: string | undefined,
    isProved = false,
  ): void {
    for (const finding of findings)
      this.tell({ during, finding, isProved, ...(after === undefined ? {} : { after }) })
  }

  tell(late: Late): void {
    this.#all.push(late)
    this.#tell(late)
  }

  /** The suite's end with these added. */
  addTo(end: TryResult): TryResult {
    const isOfEnd = ({ kind, title }: FindingReport): boolean =>
      end.findings.some(each => each.kind === kind && each.title === title)
    // What comes again at the end is told once, unless it is known whose it is.
    const isTwice = (each: Late): boolean =>
      'finding' in each && each.isProved !== true && isOfEnd(each.finding)
    const late = this.#all.filter(each => !isTwice(each))
    const problems = lateProblems(late)
    if (problems.length === 0) return end
    const findings = late.flatMap(each => ('finding' in each ? [each.finding] : []))
    return withLate(end, problems, findings)
  }
}
