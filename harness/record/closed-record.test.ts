import t from 'tap'
import type { RunEvent } from '../contract/events.js'
import { WHOLE_FILE } from '../contract/test-names.js'
import { readEvents } from './read.js'
import { readClosed } from './closed-record.js'
import { syntheticRun, writeRecord } from './synthetic.fixture.js'
import { viewOf } from './view.js'

const size = { kernels: [1], suites: 2, tests: 3 }
const events = [...syntheticRun(size)]
const [first, second] = ['6.1.9-plain/suite-0', '6.1.9-plain/suite-1']
const host = { qemu: '', accelerator: 'tcg', node: '', system: '', cores: 1 }
const resume: RunEvent = { type: 'run-resume', at: '2026-11-22T09:00:00.000Z', host }

async function closedEvents(folder: string, recorded: readonly RunEvent[]): Promise<RunEvent[]> {
  const closed: RunEvent[] = []
  const record = await readClosed(await writeRecord(folder, recorded))
  for await (const { event } of record.events()) closed.push(event)
  return closed
}

const until = (which: (event: RunEvent) => boolean) => events.slice(0, events.findIndex(which))

t.test('a run without a break is read as it was', async t => {
  t.same(await closedEvents(t.testdir(), events), events)
})

t.test('a run that was cut off ends, and what it did not come to is lost', async t => {
  const cut = until(event => event.type === 'test-start' && event.job === second)
  const closed = await closedEvents(t.testdir(), cut)
  const lost = closed.filter(event => event.type === 'test-end' && event.status === 'miss')
  t.equal(lost.length, size.tests, 'every planned test of the job that was under way')
  t.match(closed.at(-1), { type: 'run-end', exitCode: 3, interrupted: true, counts: { miss: 3 } })
  t.match(closed.at(-2), { type: 'job-end', job: second, counts: { miss: 3 } })

  const none = await closedEvents(
    t.testdir(),
    until(event => event.type === 'column'),
  )
  t.match(none.at(-1), { type: 'run-end', counts: { miss: 2 } }, 'a job that never began is lost')
})

t.test(
  'a file that failed as a whole, and whose job did not end, is not missed besides',
  async t => {
    const failed: RunEvent = {
      type: 'test-end',
      job: first,
      test: WHOLE_FILE,
      status: 'fail',
      attempt: 1,
      durationMs: 0,
      problems: [],
      findings: [],
    }
    const cut = [...until(event => event.type === 'job-start'), failed]
    const closed = await closedEvents(t.testdir(), cut)
    t.match(closed.at(-1), { type: 'run-end', counts: { fail: 1, miss: 1 } })
    t.match(viewOf(cut).counts, { fail: 1, miss: 1 })
    const wrong: RunEvent = { ...failed, problems: [{ kind: 'wrong-use', message: 'no run bit' }] }
    const ends = await closedEvents(t.testdir(), [...cut.slice(0, -1), wrong])
    t.match(ends.at(-1), { type: 'run-end', exitCode: 2 }, 'wrong use, where its suite is wrong')
  },
)

t.test('what a resumed run says again counts once', async t => {
  const cut = until(event => event.type === 'test-start' && event.job === second)
  const again = events.filter(event => 'job' in event && event.job === second)
  const end = events.slice(-1)
  const record = [...cut, resume, ...again, ...end]
  const closed = await closedEvents(t.testdir(), record)
  t.same(closed, events)
  t.same(viewOf(closed), viewOf(record), 'as the view of the whole record has it')
})

t.test('a build that failed before the run went on is forgotten', async t => {
  const column = events.find(event => event.type === 'column')
  t.ok(column)
  if (column?.type !== 'column') return
  const failed: RunEvent = {
    ...column,
    type: 'build-failed',
    status: 'fail',
    problem: { kind: 'build', message: 'no' },
  }
  const [start, plan] = events
  if (start === undefined || plan === undefined) return
  const closed = await closedEvents(t.testdir(), [start, plan, failed])
  t.match(closed.at(-1), { type: 'run-end', exitCode: 1, counts: { fail: 1, miss: 0 } })
  const resumed = await closedEvents(t.testdir(), [start, plan, failed, resume, ...events.slice(2)])
  t.same(resumed, events)
})

t.test('the view of a record that was cut off has the same losses', async t => {
  const cut = until(event => event.type === 'test-start' && event.job === second)
  const folder = await writeRecord(t.testdir(), cut)
  const view = viewOf(await readEvents(folder))
  t.same(view.counts.miss, size.tests)
  t.equal(view.columns[0]?.jobs.find(job => job.ref.id === first)?.ended, true)
})
