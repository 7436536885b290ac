import { join } from 'node:path'
import t from 'tap'
import type { ExpectedFailure } from '../project/expected-failures.js'
import type { Job } from '../session/job.js'
import { Expectations } from './as-expected.js'
import type { TryResult } from './try-result.js'

const expectations = (
  xfail: readonly ExpectedFailure[],
  series = '6.12',
  configFile = '',
): Expectations =>
  new Expectations({
    ref: { suite: 'ring', series, flavour: 'plain' },
    project: { xfail, configFile },
  } as Job)

const result = (status: TryResult['status'], more: Partial<TryResult> = {}): TryResult => ({
  status,
  problems: status === 'fail' ? [{ kind: 'assertion', message: 'no' }] : [],
  findings: [],
  tap: '',
  durationMs: 1,
  ...more,
})

const holds = { what: 'test', name: 'ring: it holds', reason: 'too small' } as const

t.test('a failure that is expected is an xfail, with the reason', t => {
  const all = expectations([holds])
  t.match(all.apply('it holds', result('fail')), { status: /^xfail$/, reason: 'too small' })
  t.match(all.apply('it turns', result('fail')), { status: /^fail$/, reason: undefined })
  for (const status of ['error', 'miss', 'skip'] as const)
    t.equal(all.apply('it holds', result(status)).status, status, 'lost is lost')
  t.end()
})

t.test('it is expected where the configuration says so alone', t => {
  const since = [{ ...holds, kernels: '6.12..' }]
  t.equal(expectations(since).apply('it holds', result('fail')).status, 'xfail')
  t.equal(expectations(since, '6.1').apply('it holds', result('fail')).status, 'fail')
  const debug = expectations([{ ...holds, flavour: 'debug' }])
  t.equal(debug.apply('it holds', result('fail')).status, 'fail')
  t.end()
})

t.test('what passes nevertheless says so, and fails where that is strict', t => {
  t.match(expectations([holds]).apply('it holds', result('pass')), {
    status: 'pass',
    xpass: 'too small',
  })
  t.match(expectations([{ ...holds, strict: true }]).apply('it holds', result('pass')), {
    status: /^fail$/,
    problems: [{ kind: 'unexpected-pass', message: /^it passed although .*: too small$/ }],
  })
  t.end()
})

t.test('a module that is expected not to load excuses the tests that it failed', t => {
  const all = expectations([{ what: 'load', module: 'ring', reason: 'no device' }])
  const loads = (module: string, ok: boolean) => ({ loads: [{ module, ok }] })
  t.equal(all.apply('a', result('fail', loads('ring', false))).status, 'xfail')
  t.equal(all.apply('b', result('fail', loads('ring', true))).status, 'fail')
  t.equal(all.apply('c', result('fail', loads('user', false))).status, 'fail')
  t.match(all.apply('d', result('pass', loads('ring', true))), { xpass: 'no device' })
  t.equal(all.apply('e', result('pass')).xpass, undefined, 'one that loads nothing')
  t.end()
})

t.test('an entry that names no test is reported with its line and the nearest name', async t => {
  const other = { ...holds, name: 'user: it holds' }
  const file = 'modprove.config.json'
  const folder = t.testdir({ [file]: JSON.stringify({ xfail: [other, holds] }, undefined, 1) })
  const all = expectations([other, holds], undefined, join(folder, file))
  all.apply('it holts', result('pass'))
  t.strictSame(await all.notes(), [
    `${file}:10: xfail[1].name: no test is named ring: it holds. Did you mean "ring: it holts"?`,
  ])
  all.apply('it holds', result('fail'))
  t.strictSame(await all.notes(), [])
})
