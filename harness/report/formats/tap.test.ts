import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { madeUpRun } from '../../record/made-up-run.fixture.js'
import { viewOf } from '../../record/view.js'
import { TapReporter } from './tap.js'

const it = { it: 'pass' } as const
const events = madeUpRun({ '6.1 plain': { a: it, b: it }, '6.6 plain': { a: it } })
const end: RunEvent = {
  ...{ type: 'run-end', at: '2026-01-02T03:05:05.000Z', exitCode: 0, interrupted: false },
  ...{ durationMs: 1, counts: viewOf(events).counts },
}
const ofJob = (id: string): RunEvent[] => events.filter(event => 'job' in event && event.job === id)
const begin = events.filter(({ type }) => type === 'run-start' || type === 'plan')

const written = (more: readonly RunEvent[]): string => {
  let text = ''
  const reporter = new TapReporter(part => (text += part))
  for (const event of [...begin, ...more]) reporter.take(event)
  return text
}

t.test('jobs come in the order of the plan, whichever ended first', async t => {
  const [a, b, c] = ['6.1.9-plain/a', '6.1.9-plain/b', '6.6.9-plain/a'].map(ofJob)
  if (a === undefined || b === undefined || c === undefined) return
  const inOrder = written([...a, ...b, ...c, end])
  t.match(inOrder, /^ok 1 - 6\.1\.9-plain\/a$[^]*^ok 2 - .*b$[^]*^ok 3 - 6\.6\.9-plain\/a$/m)
  t.equal(written([...c, ...b, ...a, end]), inOrder)
  t.match(written(a), /^ok 1 - 6\.1\.9-plain\/a$/m, 'as soon as it is its turn')
  t.match(written([...c, end]), /^ok 1 - 6\.6\.9-plain\/a$/m, 'where those before it never ended')
})

t.test('a kernel that was not built has the place of its jobs', async t => {
  const problem = { kind: 'build', message: 'no' } as const
  const ref = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
  const failed: RunEvent = { type: 'build-failed', ...ref, status: 'error', problem }
  const inOrder = written([failed, ...ofJob('6.6.9-plain/a'), end])
  t.match(inOrder, /^not ok 1 - 6\.1\.9 plain is ready$[^]*^ok 2 - 6\.6\.9-plain\/a$[^]*^1\.\.2$/m)
  t.equal(written([...ofJob('6.6.9-plain/a'), failed, end]), inOrder)
})
