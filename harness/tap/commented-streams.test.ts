import t from 'tap'
import { read, recorded, type Read } from './reader.fixture.js'

void t.test("what kselftest's runner puts into comments is reported test by test", t => {
  const { ok, reported, problems } = read(recorded('runner'))
  t.strictSame(reported, [
    'pass selftests: demo: alpha_test > alpha',
    'fail selftests: demo: alpha_test > beta',
    'skip selftests: demo: alpha_test > gamma (no device)',
    'pass selftests: demo: alpha_test',
    'pass selftests: demo: delta_test > delta',
  ])
  t.strictSame(problems, [])
  t.notOk(ok, 'a test failed whose parent says ok')
  t.end()
})

void t.test('a stream in comments is as whole as any', t => {
  const within = (...lines: string[]): Read =>
    read(['TAP version 13', '1..1', ...lines, 'ok 1 parent', ''].join('\n'))
  t.match(within('# TAP version 13', '# 1..2', '# ok 1 a').reported, [
    'pass parent > a',
    'fail parent > a plan of 2 tests, and 1 came',
    'pass parent',
  ])
  t.match(
    within('# TAP version 13', '# 1..1', '# # TAP version 13', '# # not ok 1 b', '# ok 1 a')
      .reported,
    ['fail parent > a > b', 'pass parent > a', 'pass parent'],
  )
  t.match(within('# not ok 3 - c').reported, ['fail parent > c', 'pass parent'])
  t.notOk(read('1..1\nok 1 a\n# not ok 2 b\n').ok, 'nor may it end so')
  for (const sound of ['# ok 5 of them', '# not ok', '# 1 of 2', '# not okay 1'])
    t.ok(within(sound).ok, sound)
  t.ok(read('1..1\nok 1 a\n# ok 1 of 1\n').ok)
  const deep = Array.from({ length: 500 }, (_, n) => `${'# '.repeat(n + 1)}not ok 1 x`)
  t.notOk(within(...deep).ok)
  t.end()
})

void t.test('a failure in comments counts, however deep, and without a version or a plan', t => {
  const streams = {
    'comments of comments alone': ['# # # ok 1 a', '# # # not ok 2 b', '# # ok 1 outer', 'ok 1 x'],
    'subtests of Test::More': [
      '# # Subtest: outer',
      '#     not ok 2 - b',
      '# ok 1 - outer',
      'ok 1 x',
    ],
    coloured: ['# \x1b[31mnot ok\x1b[0m 2 b', 'ok 1 x'],
    torn: ['# ok 1 a', '# not [   12.345678] demo: hello', '# ok 2 b', 'ok 1 x'],
    'at the end': ['ok 1 x', '# # not ok 2 b'],
    'a bail-out': ['# ok 1 a', '# Bail out! no memory', 'ok 1 x'],
  }
  for (const [name, lines] of Object.entries(streams)) {
    const { points, problems } = read(['TAP version 13', '1..1', ...lines, ''].join('\n'))
    const failed = points.some(({ outcome }) => outcome === 'fail')
    t.ok(failed || problems.length > 0, name)
  }
  for (const prose of [
    'not ok to do',
    'ok, 2 of 3',
    'demo: not okay 1',
    '[   12.345678] demo: hello',
  ])
    t.match(read(`TAP version 13\n1..1\n# ${prose}\nok 1 x\n`), {
      points: [{ outcome: 'pass' }],
      problems: [],
    })
  t.end()
})

void t.test('two programs that one script of kselftest runs are two streams', t => {
  const program = (failed: boolean): string[] => [
    '# TAP version 13',
    '# 1..2',
    '# ok 1 a',
    `# ${failed ? 'not ' : ''}ok 2 b`,
    `# # Totals: pass:${failed ? 1 : 2} fail:${failed ? 1 : 0} xfail:0 xpass:0 skip:0 error:0`,
  ]
  const run = (lines: string[]): Read =>
    read(['TAP version 13', '1..1', ...lines, 'ok 1 selftests: x: run.sh', ''].join('\n'))
  t.match(run([...program(false), ...program(false)]), { ok: true, problems: [] })
  t.notOk(run([...program(true), ...program(false)]).ok, 'the first fails')
  t.notOk(run([...program(false), ...program(true)]).ok, 'the second fails')
  t.notOk(run([...program(false).slice(0, 3), ...program(false)]).ok, 'the first is cut off')
  t.notOk(run([...program(false), ...program(false).slice(0, 3)]).ok, 'the second is cut off')
  t.end()
})

void t.test('a runner that says SKIP of a program excuses the rest of its plan', t => {
  const stream = (line: string): Read =>
    read(`TAP version 13\n1..1\n# TAP version 13\n# 1..3\n# ok 1 opens\n${line}\n`)
  t.match(stream('ok 1 selftests: x: y # SKIP'), { ok: true, problems: [] })
  t.notOk(stream('ok 1 selftests: x: y').ok)
  t.end()
})
