import { appendFileSync } from 'node:fs'
import type { RunEvent, TestEnd } from '../../contract/events.js'
import { columnName } from '../../record/run-progress.js'
import type { RunRecord } from '../../record/record.js'
import { isReplayable, writeReplay } from '../../record/replay.js'
import type { ColumnBuilt } from '../../record/view.js'

const FINDINGS = 'findings.jsonl'

/** What a repeated job writes again in its folder. */
export const FILES_OF_FAILURES = [FINDINGS, 'failures']

/**
 * Keeps a test's findings, and what is needed to run it again if it did not pass.
 * @param events of the run so far
 * @returns the result, with the folder of its replay
 */
export function keepFailure(
  result: TestEnd,
  record: RunRecord,
  events: readonly RunEvent[],
): TestEnd {
  const replay = isReplayable(result) ? keepReplay(result, record, events) : undefined
  const { job, test, attempt, findings, flaky } = result
  const all = [...(flaky?.findings ?? []), ...findings]
  if (all.length > 0) {
    const lines = all.map(finding => `${JSON.stringify({ test, attempt, ...finding })}\n`)
    appendFileSync(`${record.makeJobFolder(job)}/${FINDINGS}`, lines.join(''))
  }
  return replay === undefined ? result : { ...result, replay }
}

function keepReplay(
  { job, test }: TestEnd,
  record: RunRecord,
  events: readonly RunEvent[],
): string | undefined {
  const [start] = events
  const jobs = events.flatMap(event => (event.type === 'plan' ? event.jobs : []))
  const ref = jobs.find(({ id }) => id === job)
  if (start?.type !== 'run-start' || ref === undefined) return undefined
  const { kernel, release, flavour, suite } = ref
  const isBuilt = (event: RunEvent): event is ColumnBuilt =>
    event.type === 'column' && columnName(event) === columnName(ref)
  const before = events.filter(
    event => event.type === 'test-end' && event.job === job && event.replay !== undefined,
  )
  return writeReplay(record.folder, ref, before.length + 1, {
    run: start.run,
    commit: start.commit,
    content: start.content,
    kernel,
    release,
    flavour,
    key: events.findLast(isBuilt)?.key ?? '',
    suite,
    test,
    accelerator: start.host.accelerator,
    cold: start.request?.cold ?? false,
  })
}
