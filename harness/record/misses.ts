import type { TestEnd } from '../contract/events.js'
import { WHOLE_FILE } from '../contract/test-names.js'

/** The result of a planned test that was not run. */
export const missOf = (job: string, test: string, reason: string): TestEnd => ({
  type: 'test-end',
  job,
  test,
  status: 'miss',
  reason,
  attempt: 1,
  durationMs: 0,
  problems: [],
  findings: [],
})

/** Planned tests without a result; the whole file where its tests are not known. */
export const openTests = (planned: readonly string[], done: ReadonlySet<string>): string[] =>
  (planned.length === 0 ? [WHOLE_FILE] : planned).filter(test => !done.has(test))

/** Why tests have no result where a record just stops. */
export const CUT_OFF = 'the run was cut off'
