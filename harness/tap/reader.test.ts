import t from 'tap'
import { TapReader, type TapPoint } from './index.js'
import { read, recorded } from './reader.fixture.js'

void t.test('what kselftest.h prints', t => {
  const { ok, reported, problems, points } = read(recorded('kselftest'))
  t.strictSame(reported, [
    'pass opens',
    'fail reads back',
    'skip needs a device (needs a device)',
    'todo known to fail (known to fail)',
    'fail broke (error broke)',
    'pass closes #1',
  ])
  t.strictSame(problems, [])
  t.notOk(ok)
  t.equal(points[1]?.detail, '# expected 3, got 4', 'what was said before it stands beside it')
  t.equal(points[0]?.detail, '', 'of what failed only')
  t.end()
})

void t.test('what kselftest_harness.h prints', t => {
  const { reported, problems, count } = read(recorded('fixtures'))
  t.strictSame(reported, [
    'fail global.hits_a_wall',
    'fail global.is_killed',
    'pass file.opens',
    'fail file.reads',
    'skip no memory (no memory)',
  ])
  t.strictSame(problems, [])
  t.equal(count, 5)
  t.end()
})

void t.test('a program that skips everything says why', t => {
  const { ok, skipped, reported } = read(recorded('skipped'))
  t.ok(ok)
  t.equal(skipped, 'no /dev/thing')
  t.strictSame(reported, [])
  t.end()
})

void t.test('a stream that is cut off is not ok, wherever it is cut', t => {
  t.strictSame(read(recorded('crashed')).problems, ['a plan of 4 tests, and 2 came'])
  const whole = 'TAP version 13\n1..3\nok 1 - a\nok 2 - b # SKIP no device\nok 3 - c\n'
  t.ok(read(whole).ok)
  for (let length = 0; length < whole.length; length += 1)
    t.notOk(read(whole.slice(0, length)).ok, JSON.stringify(whole.slice(0, length)))
  t.end()
})

void t.test('subtests of two spaces, in any depth, with and without a plan', t => {
  const { ok, reported, problems } = read(
    [
      'KTAP version 1',
      '1..2',
      '  KTAP version 1',
      '  1..2',
      '    KTAP version 1',
      '    # Subtest: deepest',
      '    ok 1 test_1',
      '    not ok 2 test_2 # XFAIL not yet',
      '  ok 1 middle',
      '  ok 2 other # SKIP no device',
      'ok 1 outer',
      'ok 2 last',
      '',
    ].join('\n'),
  )
  t.strictSame(reported, [
    'pass outer > deepest > test_1',
    'todo outer > deepest > test_2 (not yet)',
    'skip outer > other (no device)',
    'pass last',
  ])
  t.strictSame(problems, [])
  t.ok(ok)
  t.end()
})

void t.test('subtests of TAP 14, and of KUnit: four spaces, or tabs', t => {
  for (const indent of ['    ', '\t']) {
    const lines = ['# Subtest: pair', '1..2', 'ok 1 - one', 'not ok 2 - two']
    const stream = [
      'TAP version 14',
      '1..1',
      ...lines.map(line => indent + line),
      'not ok 1 - pair',
    ]
    const { reported, ok, problems } = read(`${stream.join('\n')}\n`)
    t.strictSame(reported, ['pass pair > one', 'fail pair > two'])
    t.strictSame(problems, [])
    t.notOk(ok)
  }
  t.end()
})

void t.test('a subtest that nothing ends, or whose parent says otherwise, is not ok', t => {
  const cut = read('KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: s\n  1..2\n  ok 1 a\n')
  t.notOk(cut.ok)
  t.match(cut.reported, ['pass s > a', 'fail s > cut off: no test point ends this subtest'])
  const mild = read('KTAP version 1\n1..1\n  1..1\n  not ok 1 a\nok 1 p\n')
  t.strictSame(mild.reported, ['fail p > a', 'pass p'])
  t.notOk(mild.ok)
  const short = read('KTAP version 1\n1..1\n  1..2\n  ok 1 a\nok 1 p\n')
  t.strictSame(short.reported, ['pass p > a', 'fail p > a plan of 2 tests, and 1 came', 'pass p'])
  t.notOk(short.ok)
  const harsh = read('KTAP version 1\n1..1\n  1..1\n  ok 1 a\nnot ok 1 p\n')
  t.strictSame(harsh.reported, ['pass p > a', 'fail p'])
  t.end()
})

void t.test('fifty subtests in each other are read, and what failed in the last is named', t => {
  const depth = 50
  const begin = Array.from({ length: depth }, (_, n) => `${'  '.repeat(n)}KTAP version 1\n`)
  const end = Array.from({ length: depth }, (_, n) => `${'  '.repeat(n)}not ok 1 level ${n}\n`)
  const { reported, problems } = read([...begin, ...end.reverse()].join(''))
  t.equal(reported.length, 1)
  t.match(reported[0], /^fail level 0 > level 1 > .* > level 49$/)
  t.strictSame(problems, [])
  const deeper = read(`KTAP version 1\nok 1\n${' '.repeat(2000)}ok 1\n`)
  t.match(
    deeper.reported,
    ['pass', /^pass a subtest/, /^fail a subtest > cut off/],
    'one, however far to the right',
  )
  const tooDeep = Array.from({ length: 200 }, (_, n) => `${'  '.repeat(n)}KTAP version 1\n`).join(
    '',
  )
  t.match(read(tooDeep).problems, [/^line \d+ is a subtest in more than 100 others$/])
  t.end()
})

void t.test('TIMEOUT and ERROR fail, whatever stands before them', t => {
  const { reported } = read('1..2\nok 1 a # TIMEOUT 45 seconds\nok 2 b # ERROR no answer\n')
  t.strictSame(reported, ['fail a (timeout 45 seconds)', 'fail b (error no answer)'])
  t.end()
})

void t.test('plans that are not kept, and numbers that cannot be', t => {
  const problemsOf = (stream: string): readonly string[] => read(stream).problems
  t.strictSame(problemsOf('1..3\nok 1\nok 2\n'), ['a plan of 3 tests, and 2 came'])
  t.match(problemsOf('1..1\nok 1\nok 2\n'), [/^test point 2 is not in the plan 1\.\.1/, /2 came/])
  t.match(problemsOf('1..2\nok 1\nok 1\n'), ['test point 1 appears twice'])
  t.match(problemsOf('1..2\nok 1\nok 4294967296 b\n'), [/^test point 4294967296 is not in the/])
  t.match(problemsOf('0..0\n'), [/^a plan of 1 tests, and 0 came/])
  t.match(problemsOf('1..4294967296\nok 1\n'), [/^a plan of 4294967296 tests, and 1 came/])
  t.match(problemsOf('ok 1\n1..1\nok 2\n'), [/^a test point after the plan/])
  t.match(problemsOf('1..1\nok 1\n1..2\n'), ['a second plan: 1..2'])
  t.match(problemsOf('ok 1\nok 2\n'), [/^no plan/])
  t.match(problemsOf('3..3\nok\n'), ['test points without a number are not in the plan 3..3'])
  t.strictSame(problemsOf(''), [
    'no test points',
    'no plan: how many tests there should be is not known',
  ])
  t.match(problemsOf('1..2\nok 1\nBail out! no memory\nok 2\n'), ['bailed out: no memory'])
  t.end()
})

void t.test('YAML after a failure is its detail, and no test point', t => {
  const { points, ok } = read('1..2\nnot ok 1 a\n  ---\n  ok 7 no\n  message: hm\n  ...\nok 2 b\n')
  t.strictSame(
    points.map(({ detail }) => detail),
    ['ok 7 no\nmessage: hm', ''],
  )
  t.notOk(ok)
  const unended = read('1..2\nok 1 a\n  ---\n  message: hm\nok 2 b\n')
  t.strictSame(unended.reported, ['pass a', 'pass b'])
  t.end()
})

void t.test('a flood is bounded', t => {
  const points: TapPoint[] = []
  const reader = new TapReader(point => points.push(point))
  reader.push(Buffer.from('TAP version 13\n'))
  for (let n = 0; n < 120; n += 1) reader.push(Buffer.from('ok\n'.repeat(1000)))
  reader.push(Buffer.alloc(10_000_000, 'x'))
  const { problems } = reader.end()
  t.equal(points.length, 100_000)
  t.match(problems, [/^line 100002 is a test point after 100000 others/, /^no plan/])
  t.end()
})

void t.test('it does not matter how a stream is cut into chunks', t => {
  for (const name of ['kselftest', 'fixtures', 'without-plan'])
    for (const bytes of [1, 7])
      t.strictSame(read(recorded(name), bytes), read(recorded(name)), `${name} by ${bytes}`)
  t.end()
})

t.test('what is said on stderr is no TAP, and shown with the next test that failed', t => {
  const points: TapPoint[] = []
  const reader = new TapReader(point => points.push(point))
  reader.pushStderr(Buffer.from('of no test\nnot ok 1\n'))
  reader.push(Buffer.from('1..3\nok 1\n# said\nnot ok 2\n'))
  reader.pushStderr(Buffer.from('later'))
  reader.push(Buffer.from('ok 3\nat the end\n'))
  const { problems, rest } = reader.end()
  t.strictSame(problems, [])
  t.strictSame(
    points.map(({ detail }) => detail),
    ['', '# said\nof no test\nnot ok 1', ''],
  )
  t.equal(rest, 'at the end\nlater')
  t.end()
})

t.test('of stderr the last lines are kept', t => {
  const details: string[] = []
  const reader = new TapReader(({ detail }) => details.push(detail))
  reader.pushStderr(Buffer.from(`${'x'.repeat(10_000)}\n`.repeat(1000)))
  reader.push(Buffer.from('1..1\nnot ok 1\n'))
  reader.end()
  t.ok((details[0]?.length ?? 0) < 40 * 600, `${details[0]?.length} characters`)
  t.end()
})

void t.test('only the words of TAP are directives', t => {
  const { reported } = read(
    '1..6\nnot ok 1 a # todolist is wrong\nnot ok 2 b # skippedlines differ\nnot ok 3 c # skipping\n' +
      'ok 4 d # x # TIMEOUT 45\nok 5 e # \x1b[31mERROR\x1b[0m\nok 6 f #1\n',
  )
  t.strictSame(reported, [
    'fail a # todolist is wrong',
    'fail b # skippedlines differ',
    'skip c',
    'fail d # x (timeout 45)',
    'fail e (error)',
    'pass f #1',
  ])
  t.end()
})
