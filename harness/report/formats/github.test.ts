import t from 'tap'
import type { RunEvent } from '../../contract/events.js'
import { madeUpRun } from '../../record/made-up-run.fixture.js'
import { viewOf } from '../../record/view.js'
import { github } from './github.js'
import { HOSTILE, hostileRun, LONG } from '../hostile.fixture.js'
import { unbuiltRun } from '../unbuilt.fixture.js'

const lines = (text: string): string[] => text.trimEnd().split('\n')
const annotations = (events: readonly RunEvent[]): string[] => lines(github(viewOf(events)))

t.test('a failure is shown at the line of the module, with what else is known', async t => {
  const [first = '', ...more] = annotations(hostileRun('x, y: 100 %'))
  t.match(
    first,
    /^::error file=module\/ring\.c,line=7,title=ring%3A regressed on 6\.1\.9 plain::regressed x, y: 100 %25%0Akasan: x, y: 100 %25%0Apassed in good; since then: compiler x, y: 100 %25 → /,
    'regressions come first',
  )
  t.match(more[0], /^::error title=7\.3\.4 debug%3A not ready::/)
  t.match(more[1], /^::error file=module\/ring\.c,line=7,title=ring%3A failed on/)
  const lost = more.find(line => line.includes('in error'))
  t.match(lost, /^::warning file=suites\/ring\.suite\.ts,line=3,title=ring%3A lost on/)
})

t.test('a line’s path begins at the repository’s root, though the project is below it', async t => {
  const events = hostileRun('x').map(event =>
    event.type === 'run-start'
      ? { ...event, inRepository: { suites: 'drivers/tests', module: 'drivers' } }
      : event,
  )
  const told = annotations(events)
  t.match(told[0], /^::error file=drivers\/module\/ring\.c,line=7,/)
  const lost = told.find(line => line.includes('in error'))
  t.match(lost, /^::warning file=drivers\/tests\/suites\/ring\.suite\.ts,line=3,/)
})

t.test('no text of a guest makes an annotation, or ends one', async t => {
  for (const text of [HOSTILE, LONG]) {
    const told = annotations(hostileRun(text))
    t.equal(told.length, 6, 'regressed, not ready, failed, flaky, in error; and what was not run')
    for (const line of told) {
      t.match(line, /^::(error|warning|notice) (file=[\w./]+,line=\d+,)?title=[\w%. -]+::[^\r\n]+$/)
      t.ok(line.length < 4096 * 2, 'the runner would cut it')
    }
  }
})

t.test('a failed build is shown at the compiler’s line', async t => {
  const events = hostileRun('x').map(event =>
    event.type === 'build-failed'
      ? {
          ...event,
          problem: {
            kind: 'build' as const,
            message: 'the module does not compile',
            firstError: 'module/ring.c:12:3: error: too few arguments',
            at: { file: 'module/ring.c', line: 12 },
          },
        }
      : event,
  )
  t.match(annotations(events)[1], /^::error file=module\/ring\.c,line=12,.*too few arguments$/)
})

t.test('the same test on several kernels is shown once, and no more than GitHub shows', async t => {
  const ends = Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [`test ${n}`, 'fail'] as const),
  )
  const columns = Object.fromEntries([1, 2, 3, 4, 5, 6].map(n => [`6.${n} plain`, { ring: ends }]))
  const told = annotations(madeUpRun(columns))
  t.equal(told.length, 11)
  t.match(
    told[0],
    /title=ring%3A failed on 6\.1\.9 plain%2C 6\.2\.9 plain%2C .* and 2 more::test 0/,
  )
  t.equal(told[10], '::notice title=modprove::2 more did not pass: see the summary')
  t.equal(github(viewOf(madeUpRun({ '6.1 plain': { ring: { a: 'pass' } } }))), '', 'green is quiet')
})

t.test('tests that were not run are one notice, with the reason', async t => {
  const never = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`test ${n}`, 'miss'] as const),
  )
  t.strictSame(annotations(madeUpRun({ '6.1 plain': { ring: never } })), [
    '::notice title=modprove::200 tests of ring: no reason recorded',
  ])
})

t.test('a build that has regressed says what changed since', async t => {
  const [first] = annotations(unbuiltRun())
  t.match(
    first,
    /^::error file=module\/ring\.c,line=12,title=6\.1\.9 plain%3A not ready::it does not compile%0A.*%0Apassed in R1; since then: module a → b$/,
  )
})
