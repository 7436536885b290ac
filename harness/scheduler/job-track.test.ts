import t from 'tap'
import type { FindingReport, RunEvent } from '../contract/events.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import { JobTrack } from './job-track.js'

function track(): { track: JobTrack; events: RunEvent[]; statuses: () => string[] } {
  const events: RunEvent[] = []
  const statuses = (): string[] =>
    events.flatMap(event => (event.type === 'test-end' ? [`${event.test}: ${event.status}`] : []))
  return { track: new JobTrack('job', event => events.push(event)), events, statuses }
}

const begin = (tests: string[]): RunEvent => ({
  type: 'job-start',
  job: 'job',
  at: '',
  title: '',
  tests,
})
const start = (test: string): RunEvent => ({ type: 'test-start', job: 'job', test })
const pass = (test: string): RunEvent => ({
  type: 'test-end',
  job: 'job',
  test,
  status: 'pass',
  attempt: 1,
  durationMs: 1,
  problems: [],
  findings: [],
})

t.test(
  'a worker that dies leaves an error for the running test and misses for the rest',
  async t => {
    const { track: job, events, statuses } = track()
    for (const event of [begin(['a', 'b', 'c']), start('a'), pass('a'), start('b')]) job.take(event)
    job.lost({ kind: 'worker-lost', message: 'its worker died' })
    t.strictSame(statuses(), ['a: pass', 'b: error', 'c: miss'])
    t.match(events.at(-1), { type: 'job-end', counts: { pass: 1, fail: 0, error: 1, miss: 1 } })
  },
)

t.test('a file that died before it declared a test has one result nevertheless', async t => {
  const { track: job, statuses } = track()
  job.lost({ kind: 'worker', message: 'it looped' })
  t.strictSame(statuses(), [`${WHOLE_FILE}: fail`])
})

t.test('tests that never ran are missed, never passed', async t => {
  const { track: job, statuses } = track()
  job.take(begin(['a', 'b']))
  job.end('the run was interrupted')
  t.strictSame(statuses(), ['a: miss', 'b: miss'])
})

t.test('what came too late is reported although the end of the suite is not reached', async t => {
  const late = (allowed?: string) => {
    const finding = {
      kind: 'warning',
      title: 'WARNING in ring_late',
      trace: [{ note: 'x' }],
      allowed,
    }
    return { during: 'b', report: finding as unknown as FindingReport }
  }
  const { track: job, events, statuses } = track()
  for (const event of [begin(['a', 'b', SUITE_END]), start('a'), pass('a')]) job.take(event)
  job.late.push(late())
  job.end('not run')
  t.strictSame(statuses(), ['a: pass', 'b: miss', `${SUITE_END}: fail`])
  const problems = events.flatMap(event => (event.type === 'test-end' ? event.problems : []))
  t.match(problems[0]?.message, /WARNING in ring_late/)

  const { track: known, statuses: after } = track()
  known.take(begin(['a', SUITE_END]))
  known.late.push(late('a known false alarm'))
  known.end('not run')
  t.strictSame(after(), ['a: miss', `${SUITE_END}: miss`])
})

t.test('a job that is interrupted before it told its tests has not run', async t => {
  const { track: early, events } = track()
  early.interrupted('the run was interrupted')
  t.match(events, [
    { type: 'test-end', test: WHOLE_FILE, status: 'miss', reason: 'the run was interrupted' },
    { type: 'job-end', counts: { miss: 1 } },
  ])
  const { track: later, statuses } = track()
  later.take(begin(['one', 'two']))
  later.take(start('one'))
  later.take(pass('one'))
  later.interrupted('the run was interrupted')
  t.strictSame(statuses(), ['one: pass', 'two: miss'])
})

t.test('tries that were lost are counted once', async t => {
  const { track: job, events } = track()
  t.equal(job.remaining, undefined, 'it has not told its tests')
  for (const event of [begin(['a', 'b']), start('a')]) job.take(event)
  t.equal(job.lostTry(), 1)
  job.take(pass('a'))
  t.strictSame(job.remaining, ['b'])
  job.take(start('b'))
  job.lostTry()
  job.lostTry()
  job.charge({ kind: 'worker-lost', message: 'its worker was killed' })
  t.strictSame(job.remaining, [])
  const attempts = events.flatMap(event =>
    event.type === 'test-end' ? [[event.test, event.attempt]] : [],
  )
  t.strictSame(attempts, [
    ['a', 2],
    ['b', 2],
  ])
})

t.test('the wait for its turn is none of its time', async t => {
  const { track: job, events } = track()
  job.waitedMs = 60_000
  job.end('')
  t.ok(Number(events.flatMap(event => (event.type === 'job-end' ? event.durationMs : []))) < 0)
})
