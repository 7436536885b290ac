import type { FindingReport } from '../contract/events.js'
import {
  byCause,
  collapse,
  markKnownFindings,
  reportOf,
  Symbolizer,
  withoutConsequences,
  withoutLeakCount,
  type Finding,
} from '../verdict/index.js'
import type { Job } from './job.js'

/** Turns findings into reports: with source lines, and known false alarms marked. */
export class FindingReports {
  readonly #job: Job
  readonly #symbolizer: Symbolizer

  constructor(job: Job, signal: AbortSignal) {
    this.#job = job
    this.#symbolizer = new Symbolizer(job.modules, signal)
  }

  /** True for a known false alarm. */
  isKnown(finding: Finding): boolean {
    return (
      markKnownFindings([finding], this.#job.knownFindings, this.#job.ref)[0]?.allowed !== undefined
    )
  }

  async of(findings: readonly Finding[]): Promise<FindingReport[]> {
    if (findings.length === 0) return []
    const distinct = collapse(withoutConsequences(withoutLeakCount(findings)))
    const placed = byCause(await this.#symbolizer.symbolize(distinct))
    return markKnownFindings(placed, this.#job.knownFindings, this.#job.ref).map(reportOf)
  }
}
