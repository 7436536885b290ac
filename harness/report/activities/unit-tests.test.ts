import t from 'tap'
import { UnitTestReader } from './unit-tests.js'

function counted(tap: string): UnitTestReader['counts'] {
  const reader = new UnitTestReader(() => undefined)
  reader.parser.end(tap)
  return reader.counts
}

t.test('the tests one level below the files are counted', async t => {
  const tap = `TAP version 14
# Subtest: a.test.ts
    # Subtest: one
        ok 1 - deep
        ok 2 - deep too
        1..2
    ok 1 - one
    not ok 2 - two
    ok 3 - three # SKIP not here
    1..3
not ok 1 - a.test.ts
1..1
`
  t.match(counted(tap), { pass: 1, fail: 1, skip: 1 })
})

t.test('a file that ends too soon is a failure though none of its tests failed', async t => {
  const tap = `TAP version 14
# Subtest: a.test.ts
    ok 1 - one
not ok 1 - a.test.ts
1..1
`
  t.match(counted(tap), { pass: 1, fail: 1 })
})

/** Output of node-tap 21 after Ctrl+C: the first file had ended, the second was cut off. */
const INTERRUPTED = `TAP version 14
1..3
# Subtest: c.test.ts
    # Subtest: one
        ok 1 - x
        1..1
    ok 1 - one # time=4.553ms
    1..1
ok 1 - c.test.ts # time=74.106ms
# Subtest: a.test.ts
    # Subtest: one
        ok 1 - x
        1..1
    ok 1 - one # time=12.267ms
    # Subtest: two
        ok 1 - y
    # test count(1) != plan(null)
        # test count(1) != plan(null)
not ok 2 - a.test.ts # time=6860.289ms
  ---
  signal: SIGNAL
  exitCode: null
  ...
# Subtest: b.test.ts
    # Subtest: one
`

t.test(
  'a file that an interruption cut off has no tick, has not failed, and is not run',
  async t => {
    for (const [signal, isInterrupted] of [
      ['SIGINT', false],
      ['SIGTERM', true],
    ] as const) {
      let text = ''
      const reader = new UnitTestReader(
        part => (text += part),
        () => isInterrupted,
      )
      reader.parser.end(INTERRUPTED.replace('SIGNAL', signal).split('# Subtest: b.test.ts')[0])
      t.match(text, /✓.* c\.test\.ts/)
      t.match(text, /–.* a\.test\.ts .*1 passed.*, interrupted\n/)
      t.match(reader.counts, { pass: 2, fail: 0, miss: 1 })
      t.strictSame(reader.failures, [])
    }
  },
)

t.test('a file that has no closing point was cut off, or has failed', async t => {
  for (const isInterrupted of [true, false]) {
    const reader = new UnitTestReader(
      () => undefined,
      () => isInterrupted,
    )
    reader.parser.end('TAP version 14\n# Subtest: b.test.ts\n    ok 1 - one\n')
    t.match(reader.counts, isInterrupted ? { pass: 1, fail: 0, miss: 1 } : { pass: 1, fail: 1 })
  }
})

t.test('a file that a signal ended without an interruption has failed', async t => {
  t.match(counted(INTERRUPTED.replace('SIGNAL', 'SIGSEGV').split('# Subtest: b')[0] ?? ''), {
    fail: 1,
    miss: 0,
  })
})

t.test('a failure is shown with its file, the tests it stands in, and its diagnostics', async t => {
  const tap = `TAP version 14
# Subtest: a.test.ts
    # Subtest: one
        # Subtest: inner
            not ok 1 - deep
              ---
              found: \\x1b[31mred
              ...
            1..1
        not ok 1 - inner
        1..1
    not ok 1 - one
    # Subtest: two
        1..1
    not ok 2 - two
    1..2
not ok 1 - a.test.ts
1..1
`
  const reader = new UnitTestReader(() => undefined)
  reader.parser.end(tap)
  t.equal(reader.failures.length, 2)
  t.match(reader.failures[0], /a\.test\.ts.* one › inner › deep\n +found: .*red\n$/)
  t.match(reader.failures[1], /a\.test\.ts.* two/)
})
