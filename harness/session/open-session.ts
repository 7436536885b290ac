import { traceText } from '../platform/source-text.js'
import { harnessError } from '../platform/errors.js'
import type { FindingReports } from './finding-reports.js'
import type { Job } from './job.js'
import { Session } from './session.js'
import { dropUnsound, stampOf } from './template-use.js'

interface Context {
  readonly reports: FindingReports
  readonly signal: AbortSignal
  /** Told in one line of what a person should know. */
  readonly say: (text: string) => void
}

/**
 * A session on a machine whose kernel had nothing to complain of before a module was loaded. What it complained of is no
 * test's, and may change any verdict (a sanitizer tells of its first finding alone, lockdep switches itself off). Its
 * template is dropped. Known false alarms are told; the guards know whether they change anything.
 *
 * @throws ModproveError `KERNEL_COMPLAINED`, with the trace; those of {@link Session.open}
 */
export async function openSession(job: Job, { reports, signal, say }: Context): Promise<Session> {
  const { template } = job
  const stamp = template === undefined ? undefined : await stampOf(template)
  const session = await Session.open(job, job.folder, signal, say)
  try {
    await session.mark()
    const findings = await reports.of(session.takeFindings(), signal)
    for (const { kind, title, allowed } of findings)
      if (allowed !== undefined) say(`known, of the boot: ${kind}: ${title}`)
    const complaint = findings.find(({ allowed }) => allowed === undefined)
    // What it may report once only was reported: no test on such a machine is worth anything.
    session.guards.note(findings)
    if (complaint === undefined) return session
    const { kind, title, trace } = complaint
    if (template !== undefined) await dropUnsound(template, stamp, { signal, say })
    throw harnessError(
      'KERNEL_COMPLAINED',
      `the kernel complained before a module was loaded: ${kind}: ${title}`,
      {
        detail: trace.map(traceText).join('\n'),
        remedy: 'one that is no bug stands in known-findings.json of the suites, with its reason',
      },
    )
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}
