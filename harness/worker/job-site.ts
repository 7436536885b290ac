import type { RunEvent } from '../contract/events.js'
import type { Late } from '../contract/late.js'
import type { FindingReports } from '../session/finding-reports.js'
import type { Job, KeptMachine } from '../session/job.js'
import type { SuiteDefinition, TestDefinition } from '../suite-api/registry.js'
import type { JobResults } from './job-results.js'
import type { LateFindings } from './late-findings.js'
import type { TestedKernel } from './needs.js'
import type { StrayErrors } from './stray-errors.js'

/** What a job's worker does for it. */
export interface JobContext {
  readonly emit: (event: RunEvent) => void
  /** Sends on a late finding, in case this worker does not reach the suite's end. */
  readonly tellLate: (late: Late) => void
  readonly strays: StrayErrors
  readonly signal: AbortSignal
  /** Called with a machine that is kept up; resolves when it may end. */
  readonly keep: (machine: KeptMachine) => Promise<void>
  /**
   * Gives its turn to another job while `work` only waits.
   * @returns how long it then waited for its turn, in milliseconds
   */
  readonly whileIdle: (work: () => Promise<void>) => Promise<number>
}

/** What all parts of a job's run share. */
export interface JobSite extends JobContext {
  readonly job: Job
  readonly suite: SuiteDefinition
  readonly kernel: TestedKernel
  /** Those of the suite that this run has, in order. */
  readonly tests: readonly TestDefinition[]
  readonly reports: FindingReports
  readonly results: JobResults
  readonly late: LateFindings
}
