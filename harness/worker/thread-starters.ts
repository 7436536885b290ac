import type { Problem } from '../contract/events.js'
import type { Session } from '../session/session.js'
import { isOfItsTask, type Finding } from '../verdict/index.js'

/** The test that started the thread that a finding is of, if one did. */
export const starterOf = (
  finding: Finding,
  { threads }: Pick<Session, 'threads'>,
): string | undefined =>
  finding.task !== undefined && isOfItsTask(finding) ? threads.testOf(finding.task.pid) : undefined

/**
 * Which tests started the threads that were found later, for the suite's end.
 * @param during the test that ran then, which needs no naming
 */
export function startersOf(
  findings: readonly Finding[],
  session: Pick<Session, 'threads'>,
  during?: string,
): readonly Problem[] {
  const said = findings.flatMap(finding => {
    const { task, unloaded } = finding
    const test = starterOf(finding, session)
    if (task === undefined || test === undefined || test === during) return []
    const end = unloaded === undefined ? '' : ', and outlived its module'
    return [`kernel thread ${task.comm} (pid ${task.pid}) began during "${test}"${end}`]
  })
  return [...new Set(said)].map(message => ({ kind: 'late', message }))
}
