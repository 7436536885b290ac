import type { Problem } from '../contract/events.js'
import type { Session } from '../session/session.js'
import type { Finding } from '../verdict/index.js'

/**
 * Which tests started the threads that were found later, for the suite's end.
 * @param during the test that ran then, which needs no naming
 */
export function startersOf(
  findings: readonly Finding[],
  { threads }: Pick<Session, 'threads'>,
  during?: string,
): readonly Problem[] {
  const said = findings.flatMap(({ task, unloaded }) => {
    const test = task && threads.testOf(task.pid)
    if (task === undefined || test === undefined || test === during) return []
    const end = unloaded === undefined ? '' : ', and outlived its module'
    return [`kernel thread ${task.comm} (pid ${task.pid}) began during "${test}"${end}`]
  })
  return [...new Set(said)].map(message => ({ kind: 'late', message }))
}
