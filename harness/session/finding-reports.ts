import type { FindingReport } from '../contract/events.js'
import {
  collapse,
  judge,
  loadKnownFindings,
  reportOf,
  Symbolizer,
  type Finding,
  type KnownFinding,
} from '../verdict/index.js'
import type { Job } from './job.js'

/** Turns findings into what reports show: lines of the module's source, and which are known false alarms. */
export class FindingReports {
  readonly #job: Job
  readonly #known: readonly KnownFinding[]
  readonly #symbolizer: Symbolizer

  private constructor(job: Job, known: readonly KnownFinding[]) {
    this.#job = job
    this.#known = known
    this.#symbolizer = new Symbolizer(job.modules)
  }

  /** @throws ModproveError `KNOWN_FINDINGS_INVALID` */
  static async for(job: Job): Promise<FindingReports> {
    return new FindingReports(job, await loadKnownFindings(job.allowListFile))
  }

  /** Whether it is known for a false alarm. */
  isKnown(finding: Finding): boolean {
    return judge([finding], this.#known, this.#job.ref)[0]?.allowed !== undefined
  }

  async of(findings: readonly Finding[], signal: AbortSignal): Promise<FindingReport[]> {
    if (findings.length === 0) return []
    const placed = await this.#symbolizer.symbolize(collapse(findings), { signal })
    return judge(placed, this.#known, this.#job.ref).map(reportOf)
  }
}
