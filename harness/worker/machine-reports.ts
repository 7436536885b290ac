import type { FindingReport } from '../contract/events.js'
import { statusAfterDeath } from '../verdict/index.js'
import type { Session } from '../session/session.js'
import type { JobSite } from './job-site.js'
import { reportedBy } from './try-result.js'

/** What a machine reports between two tests, and whether it is lost. */
export interface MachineReports {
  readonly isLost: boolean
  /** None of a lost machine if the module is not to blame. */
  readonly findings: readonly FindingReport[]
}

/** Reads the machine's log to its end. */
export async function reportsOf(
  session: Session,
  site: Pick<JobSite, 'reports'>,
): Promise<MachineReports> {
  const isRead = await session.mark().then(
    () => true,
    () => false,
  )
  if (!isRead) return lossOf(session, site)
  return { isLost: false, findings: await site.reports.of(session.kernel.takeFindings()) }
}

/** Why a machine is gone. */
export async function lossOf(
  session: Session,
  { reports }: Pick<JobSite, 'reports'>,
): Promise<MachineReports> {
  const { death, findings } = await session.postMortem(false)
  const shown = await reports.of(findings)
  const isBlamed = statusAfterDeath(death, shown) === 'fail'
  return { isLost: true, findings: isBlamed ? reportedBy(death.cause, shown) : [] }
}
