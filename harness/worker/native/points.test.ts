import t from 'tap'
import { PROGRAM_RUN, SUITE_END } from '../../contract/test-names.js'
import type { PointResult } from '../../suite-api/registry.js'
import { TapReader } from '../../tap/index.js'
import { Points } from './points.js'

function read(text: string, ...before: readonly string[]) {
  const results: PointResult[] = []
  const points = new Points(result => results.push(result))
  const reader = new TapReader(point => points.add(point, ...before))
  reader.push(Buffer.from(text))
  reader.end()
  return { results, points }
}

t.test('each result line is a test, with its reason or what was said of it', t => {
  const { results } = read(`1..6
ok 1 - good
ok 2 - gone # SKIP no device
not ok 3 - later # TODO not yet
ok 4 - better # TODO not yet
# expected 1, got 2
not ok 5 - bad
not ok 6 - slow # TIMEOUT 45 seconds
`)
  t.match(results, [
    { name: 'good', status: 'pass', problems: [] },
    { name: 'gone', status: 'skip', reason: 'no device' },
    { name: 'later', status: 'xfail', reason: 'not yet' },
    { name: 'better', status: 'pass', xpass: 'not yet' },
    {
      name: 'bad',
      status: 'fail',
      problems: [{ kind: 'assertion', message: 'expected 1, got 2' }],
    },
    { name: 'slow', status: 'fail', problems: [{ message: 'timeout 45 seconds' }] },
  ])
  t.equal(results.length, 6)
  t.end()
})

t.test('of many words on a failure, the place in a source stands first, else the last', t => {
  const { results } = read(`1..3
#  RUN           ring.wraps ...
# ring.c:31:wraps:Expected 3 (3) == read (5)
# wraps: Test failed
not ok 1 ring.wraps
# opening /dev/ring
# errno 5
not ok 2 - opens
not ok 3 - silent
`)
  const [wraps, opens, silent] = results.map(({ problems }) => problems[0])
  t.match(wraps, { message: 'ring.c:31:wraps:Expected 3 (3) == read (5)', detail: /RUN[^]*failed/ })
  t.match(opens, { message: 'errno 5', detail: '# opening /dev/ring\n# errno 5' })
  t.strictSame(silent, { kind: 'assertion', message: 'its line begins with "not ok"' })
  t.end()
})

t.test('its name is its own: none twice, none of the harness’s, with those around it', t => {
  const { results } = read(
    `KTAP version 1
1..6
    KTAP version 1
    # Subtest: ring
    1..1
    ok 1 turns
ok 1 ring
ok 2 a
ok 3 a
ok 6 a\t b
ok 4 ${SUITE_END}
ok 5
`,
    'prog',
  )
  t.strictSame(
    results.map(({ name }) => name),
    [
      'prog > ring > turns',
      'prog > a',
      'prog > a (2)',
      'prog > a b',
      `prog > ${SUITE_END}`,
      'prog > test 5',
    ],
  )
  const forged = read(`1..2\nok 1 ${SUITE_END}\nok 2 ${PROGRAM_RUN}\n`).results
  t.strictSame(
    forged.map(({ name }) => name),
    [`${SUITE_END} (2)`, `${PROGRAM_RUN} (2)`],
  )
  t.end()
})

t.test('results without end are counted alone', t => {
  const lines = Array.from({ length: 10_050 }, (_, index) => `ok ${index + 1} n${index}`)
  const { results, points } = read(`1..10050\n${lines.join('\n')}\n`)
  t.equal(results.length, 10_000)
  t.strictSame(points.complaints, ['50 results more than are kept'])
  t.end()
})

t.test('many results of one long name take no time that a worker would be missed for', t => {
  const name = 'x'.repeat(900)
  const lines = Array.from({ length: 10_000 }, (_, index) => `ok ${index + 1} ${name}`)
  const { results } = read(`1..10000\n${lines.join('\n')}\n`)
  t.equal(results.at(-1)?.name, `${name} (10000)`)
  t.end()
})
