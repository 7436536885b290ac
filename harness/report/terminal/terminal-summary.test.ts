import t from 'tap'
import { noCounts, type RunEvent } from '../../contract/events.js'
import { madeUpRun, type MadeUpEnd } from '../../record/made-up-run.fixture.js'
import { viewOf } from '../../record/view.js'
import { markdown } from '../formats/markdown.js'
import { PrettyReporter } from './pretty.js'
import { unbuiltRun } from '../unbuilt.fixture.js'

const {
  matrixSummary,
  changesText: changesText,
  terminalSummary,
} = await import('./terminal-summary.js')

const ends: Readonly<Record<string, MadeUpEnd>> = { a: 'pass', b: 'pass' }
const columns = Object.fromEntries(
  Array.from(
    { length: 20 },
    (_, n) => [`6.${n} plain`, { ring: ends, mmap: { c: 'fail' } }] as const,
  ),
)

t.test('suites are rows, kernels are columns, and a cell tells the worst of it', async t => {
  const text = matrixSummary(
    viewOf(
      madeUpRun({
        '5.10 plain': { ring: ends, mmap: { c: 'fail', d: 'error' } },
        '6.1 plain': {
          ring: { a: 'error', b: 'pass', e: 'miss' },
          mmap: { c: 'flaky', d: 'pass' },
        },
        '6.1 debug': { ring: { a: 'skip' }, mmap: { c: 'miss', d: 'pass' } },
      }),
    ),
    120,
  )
  t.match(text.split('\n').slice(0, 4), [
    /^ +5\.10\.9 +6\.1\.9 +6\.1\.9$/,
    /^ +plain +plain +debug$/,
    /^ring +✓ 2 +‼ 1 +○ 1$/,
    /^mmap +✗ 1 +~ 1 +– 1$/,
  ])
})

t.test('a matrix that is wider than the terminal goes on below, and no line wraps', async t => {
  const table = matrixSummary(viewOf(madeUpRun(columns)), 60).split('\nfailed\n')[0] ?? ''
  const rows = table.split('\n').filter(line => line.startsWith('ring'))
  t.ok(rows.length > 1)
  t.equal(table.match(/✓ 2/g)?.length, 20, 'every column is shown once')
  t.ok(table.split('\n').every(line => line.length <= 60))
})

t.test('what regressed comes first, with what changed since; lost and flaky are apart', async t => {
  const events = madeUpRun({
    '6.1 plain': { ring: { lost: 'error', flaky: 'flaky', old: 'fail', fresh: 'fail' } },
  })
  const name = { kernel: '6.1', flavour: 'plain', suite: 'ring' }
  const comparison: RunEvent = {
    type: 'comparison',
    against: 'last',
    changes: [
      {
        ...{ ...name, test: 'fresh', change: 'regressed', now: 'fail', before: 'pass' },
        lastGood: { run: 'R1', at: '' },
        changed: [{ what: 'kernel', from: '6.1.8', to: '6.1.9' }],
      },
      { ...name, test: 'flaky', change: 'flaky', flaky: { times: 2, runs: 5 } },
      { ...name, test: 'gone', change: 'gone', before: 'pass' },
    ],
    unchanged: 2,
    fresh: 1,
    past: [],
  }
  const text = changesText(viewOf([...events, comparison]))
  const order = ['regressed', 'fresh', 'failed', 'old', 'flaky:', 'lost:', 'gone'].map(word =>
    text.indexOf(word),
  )
  t.same(
    order,
    order.toSorted((a, b) => a - b),
    text,
  )
  t.match(text, 'passed in R1; since then: kernel 6.1.8 → 6.1.9')
  t.match(text, 'flaky in 2 of its last 5 runs')
  t.match(text, 'compared with the last runs: 1 regressed, 1 flaky, 1 gone, 2 as before, 1 suite')
})

t.test('a first run is not compared with nothing', async t => {
  const first = { type: 'comparison', against: 'last', changes: [], past: [] } as const
  const text = (unchanged: number): string =>
    changesText(
      viewOf([
        ...madeUpRun({ '6.1 plain': { ring: { one: 'pass' } } }),
        { ...first, unchanged, fresh: 1 },
      ]),
    )
  t.notMatch(text(0), 'compared')
  t.match(text(1), 'compared with the last runs: 1 as before, 1 suite with nothing')
})

t.test('what is the same on several kernels is shown once, and so is what changed', async t => {
  const tests = { one: 'fail', two: 'fail' } as const
  const names = ['6.1', '6.12', '7.3']
  const view = viewOf([
    ...madeUpRun(
      Object.fromEntries(names.map(name => [`${name} plain`, { ring: tests }] as const)),
    ),
    {
      type: 'comparison',
      against: 'last',
      changes: names.flatMap(kernel =>
        Object.keys(tests).map(test => ({
          ...{ kernel, flavour: 'plain', suite: 'ring', test, change: 'regressed' as const },
          lastGood: { run: 'R1', at: '' },
          changed: [{ what: 'module' as const, from: 'a', to: 'b' }],
        })),
      ),
      unchanged: 0,
      fresh: 0,
      past: [],
    },
  ])
  const lines = changesText(view).split('\n')
  t.equal(lines.filter(line => /ring: (one|two)$/.test(line)).length, 2)
  t.equal(
    lines.filter(line => /^ +on 6\.1\.9 plain, 6\.12\.9 plain, 7\.3\.9 plain$/.test(line)).length,
    2,
  )
  t.strictSame(
    lines.filter(line => line.includes('R1')).map(line => line.trim()),
    ['each of these passed in R1; since then: module a → b'],
  )
})

t.test('a kernel that was built before says what changed since, and when it is again', async t => {
  const view = viewOf(unbuiltRun())
  t.match(
    changesText(view),
    'not ready\n  ✗ 6.1.9 plain: it does not compile\n      passed in R1; since then: module a → b\n',
  )
  t.notMatch(changesText(view), 'plain : ', 'a build is of no suite')
  t.match(changesText(view), '\nfixed\n  6.12 plain kernel, module and machine come up\n')
})

t.test('a kernel that loses everything does not fill the screen', async t => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`t${n}`, 'miss'] as const))
  const text = changesText(viewOf(madeUpRun({ '6.1 plain': { ring: many } })))
  t.match(text, '\nnot run\n  – 500 tests of ring: no reason recorded\n')
  t.ok(text.split('\n').length < 10)
})

t.test('machines that could not be restored are named once, with the reason', async t => {
  const run = madeUpRun({ '6.1 plain': { ring: ends, mmap: ends } })
  const tell = (job: string, why: string): RunEvent => ({ type: 'not-restored', job, why })
  const end = { at: '', durationMs: 1, counts: noCounts, exitCode: 0, interrupted: false }
  const events: RunEvent[] = [
    ...run,
    tell('6.1.9-plain/ring', 'QEMU refused \u001b[31mit'),
    tell('6.1.9-plain/mmap', 'it was dropped before'),
    { type: 'run-end', ...end },
  ]
  let live = ''
  const reporter = new PrettyReporter(text => (live += text))
  for (const event of events) reporter.take(event)
  const later = [...terminalSummary(viewOf(events), '/record', 80)].join('')
  for (const text of [live, later, [...markdown(viewOf(events))].join('')]) {
    const [told, more] = text.split('\n').filter(line => line.includes('instead of restored'))
    t.match(told, /^2 machines were booted .*: `?QEMU refused \\x1b\[31mit`?$/)
    t.equal(more, undefined)
  }
  const sound = [...terminalSummary(viewOf(run), '/record', 80)].join('')
  t.notMatch(sound, /instead of restored/)
})
