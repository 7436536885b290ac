import t from 'tap'
import type { RunEvent } from '../contract/events.js'
import { madeUpRun, testEnd } from './made-up-run.fixture.js'
import { viewOf } from './view.js'

const resume: RunEvent = {
  type: 'run-resume',
  at: '',
  host: { qemu: '', accelerator: 'tcg', node: '', system: '', cores: 1 },
}

t.test('a run reads as columns of jobs with their results', async t => {
  const view = viewOf(
    madeUpRun({
      '6.1 plain': { mmap: { a: 'pass', b: 'fail' }, ioctl: { c: 'flaky' } },
      '7.3 debug': { mmap: { a: 'skip' } },
    }),
  )
  t.strictSame(
    view.columns.map(({ kernel, flavour, jobs }) => [kernel, flavour, jobs.length]),
    [
      ['6.1', 'plain', 2],
      ['7.3', 'debug', 1],
    ],
  )
  t.strictSame(view.counts, { pass: 2, fail: 1, skip: 1, xfail: 0, error: 0, miss: 0, flaky: 1 })
})

t.test('what a run that was cut off has no result for is a miss', async t => {
  const events = madeUpRun({
    '6.1 plain': { mmap: { a: 'pass', b: 'pass' }, ioctl: { c: 'pass' } },
  })
  const cut = events.findIndex(event => event.type === 'test-end' && event.test === 'b')
  const view = viewOf(events.slice(0, cut))
  t.match(view.counts, { pass: 1, miss: 2 })
  t.equal(view.end, undefined)
})

t.test('what goes on counts once: the second telling of a job replaces the first', async t => {
  const columns = { '6.1 plain': { mmap: { a: 'pass', b: 'pass' }, ioctl: { c: 'fail' } } } as const
  const events = madeUpRun(columns)
  const job = '6.1.9-plain/mmap'
  const cut = events.findIndex(event => event.type === 'test-end' && event.test === 'b')
  const again = events.filter(event => 'job' in event && event.job === job)
  const rest = events.filter(event => 'job' in event && event.job !== job)
  const whole = [...events.slice(0, cut), ...rest, resume, ...again]
  t.match(viewOf(whole).counts, { pass: 2, fail: 1, miss: 0 })
})

t.test('a job that ended with a miss is done again when the run goes on', async t => {
  const events = madeUpRun({ '6.1 plain': { mmap: { a: 'miss' } } })
  t.match(viewOf([...events, resume]).counts, { miss: 1 }, 'and is lost until then')
  const job = '6.1.9-plain/mmap'
  const end: RunEvent = { type: 'job-end', job, durationMs: 1, counts: viewOf(events).counts }
  t.match(viewOf([...events, resume, testEnd(job, 'a', 'pass'), end]).counts, { pass: 1, miss: 0 })
})

t.test('the jobs of a column that could not be built have no results of their own', async t => {
  const events = madeUpRun({ '6.1 plain': { mmap: { a: 'pass' } } }).filter(
    event => event.type === 'run-start' || event.type === 'plan',
  )
  const name = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
  const problem = { kind: 'build', message: 'it does not compile' } as const
  const view = viewOf([...events, { type: 'build-failed', ...name, status: 'fail', problem }])
  t.match(view.counts, { fail: 1, miss: 0 })
  t.equal(view.columns[0]?.failed?.problem.message, 'it does not compile')
})

t.test(
  'a planned test without a result is a miss, also where its job says that it ended',
  async t => {
    const events = madeUpRun({ '6.1 plain': { mmap: { a: 'pass', b: 'fail' } } })
    const damaged = events.filter(event => !(event.type === 'test-end' && event.test === 'b'))
    t.match(viewOf(damaged).counts, { pass: 1, fail: 0, miss: 1 })
  },
)
