import { traceText } from '../../platform/text/source-text.js'
import { harnessError } from '../../platform/errors.js'
import { silent } from '../../platform/terminal/progress.js'
import type { FindingReports } from '../finding-reports.js'
import type { Job } from '../job.js'
import { Session } from '../session.js'
import { dropTemplate, stampOf } from './template-use.js'

/**
 * A session on a machine whose kernel reported nothing before a module was loaded. Such a report
 * belongs to no test, and may change any verdict (a sanitizer reports only its first finding,
 * lockdep turns itself off), so its template is dropped. Known false alarms are printed, and noted
 * by the guards.
 *
 * @throws ModproveError `KERNEL_COMPLAINED`, with the trace; those of {@link Session.open}
 */
export async function openSession(
  job: Job,
  reports: FindingReports,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Session> {
  const { template } = job
  const stamp = template === undefined ? undefined : await stampOf(template)
  const session = await Session.open(job, job.folder, signal, say)
  try {
    await session.mark()
    const findings = await reports.of(session.kernel.takeFindings())
    for (const { kind, title, allowed } of findings)
      if (allowed !== undefined) say(`known finding during the boot: ${kind}: ${title}`)
    const complaint = findings.find(({ allowed }) => allowed === undefined)
    // A known finding counts as well: its check may not report again.
    session.guards.note(findings)
    if (complaint === undefined) return session
    const { kind, title, trace } = complaint
    if (template !== undefined)
      await dropTemplate(template, stamp, { signal, progress: { ...silent, say } })
    throw harnessError(
      'KERNEL_COMPLAINED',
      `the kernel complained before a module was loaded: ${kind}: ${title}`,
      {
        detail: trace.map(traceText).join('\n'),
        remedy: 'if it is no bug, add it to known-findings.json of the suites, with the reason',
      },
    )
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}
