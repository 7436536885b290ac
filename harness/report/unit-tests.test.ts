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

t.test('a failure is told with its file, the tests it stands in, and its diagnostics', async t => {
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
