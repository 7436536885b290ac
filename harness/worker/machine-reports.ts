import type { LateReport } from '../contract/late.js'
import { statusAfterDeath } from '../verdict/index.js'
import type { Session } from '../session/session.js'
import type { JobSite } from './job-site.js'
import { reportedBy } from './try-result.js'

/** What a machine reports between two tests, and whether it is lost. */
export interface MachineReports {
  readonly isLost: boolean
  /** None of a lost machine if the module is not to blame. */
  readonly reports: readonly LateReport[]
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
  return { isLost: false, reports: await site.reports.of(session.kernel.takeFindings()) }
}

/** Why a machine is gone. */
export async function lossOf(
  session: Session,
  { reports }: Pick<JobSite, 'reports'>,
): Promise<MachineReports> {
  const { death, findings } = await session.postMortem(false)
  const shown = await reports.of(findings)
  const isBlamed = statusAfterDeath(death.cause, shown) === 'fail'
  return { isLost: true, reports: isBlamed ? reportedBy(death.cause, shown) : [] }
}
