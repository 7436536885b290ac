import t from 'tap'
import type { RunEvent } from '../contract/events.js'
import { madeUpRun } from './made-up-run.fixture.js'
import { requireRun } from './require-run.js'

type Start = Extract<RunEvent, { type: 'run-start' }>

const [start] = madeUpRun({}) as [Start]
const called = (...argv: string[]): Start => {
  const { request, ...other } = start
  t.ok(request)
  return { ...other, argv }
}

t.test('a run tells what it was asked for', async t => {
  t.equal(requireRun(start, '/record'), start.request)
})

t.test('a record of another kind is called what it is', async t => {
  t.throws(() => requireRun(called('bisect', 'mmap:C31'), '/record'), {
    code: 'NOT_A_RUN',
    message: '/record is the record of a bisect',
  })
  t.throws(() => requireRun(called('mutants'), '/record'), {
    code: 'NOT_A_RUN',
    remedy: /\/record\/mutants\.json/,
  })
})
