import t from 'tap'
import type { RunEvent } from '../contract/events.js'
import { madeUpRun, type MadeUpEnd } from '../record/made-up-run.fixture.js'
import { viewOf } from '../record/view.js'
import { SUITE_END, WHOLE_FILE } from '../contract/test-names.js'
import { compare } from './compare.js'
import { entriesOf, jobKey, type HistoryEntry } from './entry.js'

type Tests = Readonly<Record<string, MadeUpEnd>>
type Start = Extract<RunEvent, { type: 'run-start' }>

const viewWith = (mmap: Tests, own: Partial<Start> = {}) =>
  viewOf(madeUpRun({ '6.1 plain': { mmap } }, own))

function pastWith(...runs: readonly (readonly [Tests, Partial<Start>?])[]) {
  const past = new Map<string, HistoryEntry[]>()
  for (const [index, [tests, own]] of runs.entries()) {
    for (const entry of entriesOf(viewWith(tests, { run: `run ${index + 1}`, ...own })))
      past.set(jobKey(entry), [...(past.get(jobKey(entry)) ?? []), entry])
  }
  return past
}

/** The change of one test that ended so now and so before, oldest first. */
function changeOf(now: MadeUpEnd | undefined, ...before: readonly (MadeUpEnd | undefined)[]) {
  const tests = (end: MadeUpEnd | undefined): Tests => ({
    other: 'pass',
    ...(end === undefined ? {} : { it: end }),
  })
  const past = pastWith(...before.map(end => [tests(end)] as const))
  const { changes } = compare(viewWith(tests(now)), past, { against: 'last' })
  t.ok(changes.length <= 1, 'the other one is as it was')
  return changes[0]?.change
}

t.test('each outcome is named after what was before', async t => {
  const cases = [
    ['pass', ['pass'], undefined],
    ['fail', ['pass'], 'regressed'],
    ['fail', ['fail'], 'still-failing'],
    ['fail', ['pass', 'fail'], 'still-failing'],
    ['pass', ['fail'], 'fixed'],
    ['pass', [undefined], 'new'],
    ['fail', [undefined], 'new'],
    [undefined, ['pass'], 'gone'],
    ['skip', ['pass'], 'gone'],
    ['skip', ['skip'], undefined],
    ['pass', ['skip'], undefined],
    ['fail', ['skip'], 'new'],
    ['fail', ['pass', 'skip'], 'regressed'],
    ['flaky', ['pass'], 'flaky'],
    ['flaky', ['fail'], 'flaky'],
    ['fail', ['flaky'], 'regressed'],
    ['pass', ['flaky'], undefined],
  ] as const
  for (const [now, before, change] of cases) {
    t.equal(changeOf(now, ...before), change, `${before.join()} → ${now}`)
  }
})

t.test('what is lost is lost, and never a regression; what was lost then says nothing', async t => {
  for (const end of ['error', 'miss'] as const) {
    t.equal(changeOf(end, 'pass'), end === 'miss' ? 'not-run' : 'lost')
    t.equal(changeOf(end, 'fail'), end === 'miss' ? 'not-run' : 'lost')
    t.equal(changeOf('fail', 'pass', end), 'regressed', `pass, ${end}, fail`)
    t.equal(changeOf('pass', 'pass', end), undefined, `pass, ${end}, pass`)
    t.equal(changeOf('fail', 'fail', end), 'still-failing', `fail, ${end}, fail`)
  }
})

t.test(
  'the verdict after the last test is not gone where every machine went with a test',
  async t => {
    const past = pastWith(
      [{ it: 'pass', [SUITE_END]: 'pass' }],
      [{ it: 'fail', [SUITE_END]: 'skip' }],
    )
    const { changes } = compare(viewWith({ it: 'fail', [SUITE_END]: 'skip' }), past, {
      against: 'last',
    })
    t.strictSame(
      changes.map(({ test, change }) => [test, change]),
      [['it', 'still-failing']],
    )
    const leak = compare(viewWith({ it: 'pass', [SUITE_END]: 'fail' }), past, { against: 'last' })
    t.match(
      leak.changes.find(({ test }) => test === SUITE_END),
      { change: 'regressed' },
    )
    const leaked = pastWith(
      [{ it: 'pass', [SUITE_END]: 'pass' }],
      [{ it: 'pass', [SUITE_END]: 'fail' }],
      [{ it: 'fail', [SUITE_END]: 'skip' }],
    )
    const again = compare(viewWith({ it: 'pass', [SUITE_END]: 'fail' }), leaked, {
      against: 'last',
    })
    t.match(
      again.changes.find(({ test }) => test === SUITE_END),
      { change: 'still-failing' },
      'nothing was known of it in between',
    )
  },
)

t.test('a suite without a past is not compared', async t => {
  const found = compare(viewWith({ it: 'fail' }), new Map(), { against: 'last' })
  t.match(found, { changes: [], unchanged: 0, fresh: 1 })
})

t.test(
  'the tests of a file that failed as a whole are lost, and the file has regressed',
  async t => {
    const past = pastWith([{ one: 'pass', two: 'pass' }])
    const { changes } = compare(viewWith({ [WHOLE_FILE]: 'fail' }), past, { against: 'last' })
    t.strictSame(
      changes.map(({ test, change }) => [test, change]),
      [
        [WHOLE_FILE, 'regressed'],
        ['one', 'lost'],
        ['two', 'lost'],
      ],
    )
  },
)

t.test('the tests of a suite that was never begun are not run', async t => {
  const past = pastWith([{ one: 'pass', two: 'fail' }])
  const { changes } = compare(viewWith({ [WHOLE_FILE]: 'miss' }), past, { against: 'last' })
  t.strictSame(new Set(changes.map(({ change }) => change)), new Set(['not-run']))
})

t.test('a file that runs to its end again is fixed, and its tests are as before it', async t => {
  const past = pastWith([{ one: 'pass', two: 'pass', three: 'pass' }], [{ [WHOLE_FILE]: 'fail' }])
  const { changes } = compare(viewWith({ one: 'pass', two: 'fail' }), past, { against: 'last' })
  t.match(
    changes.map(({ test, change, now }) => [test, change, now]),
    [
      ['two', 'regressed', 'fail'],
      [WHOLE_FILE, 'fixed', 'pass'],
      ['three', 'gone', undefined],
    ],
  )
  const lost = compare(viewWith({ [WHOLE_FILE]: 'error' }), past, { against: 'last' })
  t.strictSame(
    lost.changes.map(({ test, change }) => [test, change]),
    [
      [WHOLE_FILE, 'lost'],
      ['one', 'lost'],
      ['two', 'lost'],
      ['three', 'lost'],
    ],
  )
})

/** The request of a run of all suites. */
const request = {
  kernels: [],
  flavours: [],
  suites: [],
  cold: false,
  coverage: false,
  retries: 0,
}

t.test('a regression names the last good run, and what changed since', async t => {
  const past = pastWith(
    [{ it: 'pass' }, { commit: 'bbbbbbbbbbbbbbbb', content: { module: 'm0', suites: 's1' } }],
    [{ it: 'error' }],
  )
  const { changes, past: ends } = compare(viewWith({ it: 'fail' }), past, { against: 'last' })
  t.match(changes, [
    {
      change: 'regressed',
      before: 'pass',
      lastGood: { run: 'run 1' },
      changed: [{ what: 'module', from: 'bbbbbbbbbb', to: 'aaaaaaaaaa' }],
    },
  ])
  t.strictSame(ends, [{ job: '6.1.9-plain/mmap', test: 'it', ends: 'pe' }])
})

t.test('files that are not those of the commit are distinguished', async t => {
  const past = pastWith([{ it: 'pass' }, { content: { module: 'm0', suites: 's1' } }])
  const { changes } = compare(viewWith({ it: 'fail' }), past, { against: 'last' })
  t.match(changes[0]?.changed, [{ from: 'aaaaaaaaaa (files m0)', to: 'aaaaaaaaaa (files m1)' }])
})

t.test('how often a test was flaky is counted over its last runs', async t => {
  const past = pastWith([{ it: 'flaky' }], [{ it: 'pass' }], [{ it: 'flaky' }])
  const { changes } = compare(viewWith({ it: 'flaky' }), past, { against: 'last' })
  t.match(changes, [{ change: 'flaky', flaky: { times: 3, runs: 4 } }])
})

t.test('tests that were not asked for are not gone', async t => {
  const view = viewWith({ it: 'pass' }, { request: { ...request, grep: 'it' } })
  const past = pastWith([{ it: 'pass', other: 'pass' }])
  t.match(compare(view, past, { against: 'last' }), { changes: [], unchanged: 1 })
})

t.test('nor are those that a run without machines skips', async t => {
  const view = viewWith({ it: 'fail', other: 'skip' }, { request: { ...request, buildOnly: true } })
  const past = pastWith([{ it: 'pass', other: 'pass' }])
  t.match(compare(view, past, { against: 'last' }).changes, [{ test: 'it', change: 'regressed' }])
  t.equal(compare(view, past, { against: 'last' }).changes.length, 1)
})

t.test('a module that does not build any more is a regression of its own', async t => {
  const name = { kernel: '6.1', series: '6.1', release: '6.1.9', flavour: 'plain' }
  const events = madeUpRun({ '6.1 plain': { mmap: { it: 'pass' } } }).filter(
    event => event.type === 'run-start' || event.type === 'plan',
  )
  const problem = { kind: 'build', message: 'it does not compile' } as const
  const view = viewOf([...events, { type: 'build-failed', ...name, status: 'fail', problem }])
  const { changes } = compare(view, pastWith([{ it: 'pass' }]), { against: 'last' })
  t.match(changes, [{ suite: '', change: 'regressed' }])
  t.strictSame(changes[0]?.changed, [], 'nothing is made up of what was not built')
  t.equal(changes.length, 1)
})
