import type { TestEnd } from '../../contract/events.js'
import t from 'tap'
import { SUITE_END } from '../../contract/test-names.js'
import { allEnd, compareResults, exitStatusOf } from './expected.js'

const result = (test: string, more: Partial<TestEnd> = {}): TestEnd => ({
  type: 'test-end',
  job: '6.1.192-plain/off',
  test,
  status: 'pass',
  attempt: 1,
  durationMs: 1,
  problems: [],
  findings: [],
  ...more,
})

/** What was not as expected. */
const broken = (results: readonly TestEnd[], expected: Parameters<typeof compareResults>[1]) =>
  compareResults(results, expected)
    .filter(({ ok }) => !ok)
    .map(({ what, seen }) => `${what} (${seen})`)

const end = result(SUITE_END)

t.test('every result is as expected, including the suite’s end', async t => {
  t.strictSame(broken([result('a'), end], { off: { a: 'pass' } }), [])
  t.strictSame(broken([result('a')], { off: { a: 'pass' } }), [
    `off: ${SUITE_END}: pass (no result)`,
  ])
})

t.test('a lost test neither passed nor failed', async t => {
  for (const status of ['miss', 'error', 'fail'] as const) {
    t.match(broken([result('a', { status }), end], { off: { a: 'pass' } }), [/^off: a: pass/])
  }
  t.match(broken([result('a', { status: 'error' }), end], { off: { a: 'fail' } }), [/^off: a/])
  t.match(broken([end], { off: { a: 'fail' } }), [/no result/])
})

t.test('a failure must have the named cause', async t => {
  const panic = result('a', { status: 'fail', cause: 'panic' })
  t.strictSame(broken([panic, end], { off: { a: ['fail', 'panic'] } }), [])
  t.strictSame(broken([panic, end], { off: { a: 'fail' } }), [])
  t.match(broken([panic, end], { off: { a: ['fail', 'hang'] } }), [/fail hang \(fail, panic/])
})

t.test('an unexpected result is reported', async t => {
  t.match(broken([result('a'), result('b'), end], { off: { a: 'pass' } }), [/off: b does not/])
  t.match(broken([result('a'), end], { off: { a: 'none' } }), [/off: a: none/])
  t.strictSame(broken([end], { off: { a: 'none' } }), [])
})

t.test('a run’s exit status follows from its results, failures first', async t => {
  const results = { ...allEnd(['a', 'b'], 'pass', 'early '), c: 'skip', d: 'none' } as const
  t.match(results, { 'early a': 'pass', 'early b': 'pass' })
  t.equal(exitStatusOf({ off: results }), 0)
  t.equal(exitStatusOf({ off: results, on: { e: 'miss' } }), 3)
  t.equal(exitStatusOf({ off: { ...results, e: ['error', 'no-boot'] } }), 3)
  t.equal(exitStatusOf({ on: { e: 'error' }, off: { f: ['fail', 'panic'] } }), 1)
})
