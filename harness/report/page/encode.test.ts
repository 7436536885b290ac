import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { madeUpRun } from '../../record/made-up-run.fixture.js'
import { viewOf } from '../../record/view.js'
import { filtered } from './app/filter.js'
import { modelOf } from './app/model.js'
import { nowhere, type PageAddress } from './app/page-address.js'
import { pageVerdictOf } from './app/verdict.js'
import { encode } from './encode.js'

const columns = {
  '6.1 plain': { ring: { one: 'pass', two: 'fail' }, mmap: { three: 'pass' } },
  '6.1 debug': { ring: { one: 'pass', two: 'pass' }, mmap: { three: 'flaky' } },
  '7.3 plain': { ring: { one: 'skip', two: 'miss' }, mmap: { three: 'error' } },
} as const

const comparison: RunEvent = {
  type: 'comparison',
  against: 'last',
  unchanged: 4,
  fresh: 0,
  changes: [
    { kernel: '6.1', flavour: 'plain', suite: 'ring', test: 'two', change: 'regressed' },
    { kernel: '6.1', flavour: 'plain', suite: 'ring', test: 'zero', change: 'gone' },
  ],
  past: [{ job: '6.1.9-plain/ring', test: 'two', ends: 'pfyp' }],
}
const dataOf = (...events: RunEvent[]) => encode(viewOf(events), () => undefined)
const data = dataOf(...madeUpRun(columns), comparison)
const model = modelOf(data)
const listed = (place: Partial<PageAddress>) =>
  filtered(model, { ...nowhere, ...place }).flatMap(({ rows }) => rows.map(({ name }) => name))

t.test('jobs with the same tests share one list', async t => {
  t.strictSame(data.tests, ['one', 'two', 'three'])
  t.strictSame(data.lists, [[0, 1], [2]])
  t.strictSame(
    data.jobs.map(({ ends }) => ends),
    ['pf', 'p', 'pp', 'y', 'sm', 'e'],
  )
})

t.test('the page finds each test on each column again, with its change and its past', async t => {
  const two = model.suites[0]?.rows.find(({ name }) => name === 'two')
  t.strictSame(
    [...(two?.cells ?? [])].map(([index, { end }]) => [index, end]),
    [
      [0, 'f'],
      [1, 'p'],
      [2, 'm'],
    ],
  )
  t.equal(two?.changes.get(0)?.change, 'regressed')
  t.equal(two?.cells.get(0)?.past, 'pfyp')
  t.match(model.totals, { p: 4, f: 1, s: 1, m: 1, e: 1, y: 1, total: 9 })
})

t.test(
  'of what did not pass the page knows why in a line, and what is said twice once',
  async t => {
    const at = { file: 'suites/ring.suite.ts', line: 12 }
    const problems = [{ kind: 'assertion' as const, message: 'should\nbe \u001b[31mequal', at }]
    const events = madeUpRun({ '6.1 plain': { ring: { one: 'fail', two: 'fail', three: 'pass' } } })
    const told = events.map(event =>
      event.type === 'test-end' && event.status === 'fail' ? { ...event, problems } : event,
    )
    const { sayings, jobs } = dataOf(...told)
    t.strictSame(sayings, [
      { text: String.raw`should be \x1b[31mequal`, at: 'suites/ring.suite.ts:12' },
    ])
    t.strictSame(jobs[0]?.said, { 0: 0, 1: 0 })
  },
)

t.test('the list begins with what somebody should look at', async t => {
  t.strictSame(listed({}), ['two', 'three'])
  t.strictSame(listed({ ends: ['s'] }), ['one'])
  t.strictSame(listed({ ends: [] }), [])
  t.strictSame(
    listed({ words: 'RING o' }),
    ['two', 'one', 'zero'].slice(0, 2),
    'words, by all ends',
  )
  t.strictSame(listed({ column: '6.1 debug' }), ['three'])
  t.strictSame(listed({ change: 'regressed' }), ['two'])
  t.strictSame(listed({ change: 'gone' }), ['zero'], 'what is gone has no end, and is found')
  t.strictSame(listed({ change: 'regressed', column: '6.1 debug' }), [])
})

t.test('the verdict is good only when everything planned is known to be well', async t => {
  const verdict = (...events: RunEvent[]) => pageVerdictOf(modelOf(dataOf(...events)))
  const end: RunEvent = {
    ...{ type: 'run-end', at: '', durationMs: 1, exitCode: 0, interrupted: false },
    counts: { pass: 0, fail: 0, skip: 0, xfail: 0, error: 0, miss: 0, flaky: 0 },
  }
  t.match(pageVerdictOf(model), {
    mood: 'bad',
    sentence: '1 test regressed on 6.1 plain; 1 result lost; 1 test not run',
  })
  const good = madeUpRun({ '6.1 plain': { ring: { one: 'pass', two: 'flaky' } } })
  t.match(verdict(...good, end), { mood: 'good', sentence: /All 2 tests passed, 1 of them/ })
  t.match(verdict(...good), { mood: 'unsure', sentence: /did not end/ })
  t.match(verdict(...good, { ...end, interrupted: true }), { mood: 'unsure' })
  const lost = madeUpRun({ '6.1 plain': { ring: { one: 'pass', two: 'error' } } })
  t.match(verdict(...lost, end), { mood: 'unsure', sentence: '1 result lost' })
  const none = madeUpRun({ '6.1 plain': { ring: { one: 'skip' } } })
  t.match(verdict(...none, end), { mood: 'unsure', sentence: 'Nothing ran' })
})
