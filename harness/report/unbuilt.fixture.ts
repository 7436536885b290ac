import type { RunEvent } from '../contract/events.js'
import { madeUpRun } from '../record/made-up-run.fixture.js'

/** A run in which one kernel is newly not built, and another one is built again. */
export function unbuiltRun(): RunEvent[] {
  const events = madeUpRun({ '6.1 plain': { ring: {} }, '6.12 plain': { ring: { a: 'pass' } } })
  const own = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
  const build = { suite: '', test: 'kernel, module and machine come up', flavour: 'plain' }
  return [
    ...events.filter(event => event.type !== 'column' || event.kernel !== '6.1'),
    {
      type: 'build-failed',
      ...own,
      status: 'fail',
      problem: {
        kind: 'build',
        message: 'it does not compile',
        firstError: 'module/ring.c:12:3: error: no',
        at: { file: 'module/ring.c', line: 12 },
      },
    },
    {
      type: 'comparison',
      against: 'last',
      changes: [
        {
          ...{ ...build, kernel: '6.1', change: 'regressed', now: 'fail', before: 'pass' },
          lastGood: { run: 'R1', at: '2026-01-01T00:00:00.000Z' },
          changed: [{ what: 'module', from: 'a', to: 'b' }],
        },
        { ...build, kernel: '6.12', change: 'fixed', now: 'pass', before: 'fail' },
      ],
      unchanged: 1,
      fresh: 0,
      past: [],
    },
  ]
}
