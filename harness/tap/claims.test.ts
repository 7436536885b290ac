import t from 'tap'
import { TapReader } from './index.js'
import { read, recorded, type Read } from './reader.fixture.js'

void t.test('what a program counted itself stands for a plan', t => {
  t.match(read(recorded('without-plan')), { ok: true, problems: [] })
  const cut = recorded('without-plan').toString().replace('ok 1 opens\n', '')
  t.match(read(cut), { ok: false, problems: [/^2 tests were counted by the program, and 1 came/] })
  t.end()
})

void t.test('what KUnit counted itself is held against its tests', t => {
  t.match(read(recorded('kunit-totals')), {
    ok: false,
    problems: ['1 failures were counted by the program, and 0 came'],
  })
  const suite = (own: string, all: string, more = ''): Read =>
    read(
      `KTAP version 1\n1..1\n    # Subtest: s\n    1..2\n    ok 1 a\n        # Subtest: b\n        ok 1 x\n` +
        `        ok 2 y\n${more}    ok 2 b\n# s: ${own}\n# Totals: ${all}\nok 1 s\n`,
    )
  const counted = (pass: number, fail: number): string =>
    `pass:${pass} fail:${fail} skip:0 total:${pass + fail}`
  t.match(suite(counted(2, 0), counted(3, 0)), { ok: true, problems: [] })
  t.match(suite(counted(1, 1), counted(3, 0)).reported.at(-2), /^fail s > 1 failures were counted/)
  t.match(suite(counted(2, 0), counted(4, 0)).reported.at(-2), /^fail s > 4 tests were counted/)
  t.match(
    read('KTAP version 1\n1..2\nok 1 a\nok 2 b\n# Totals: pass:2 fail:0 skip:0 total:2\n').ok,
    true,
  )
  t.end()
})

void t.test(
  'what a program counted itself, and the numbers of its tests, are held against them',
  t => {
    const totals = (fail: number, error: number): string =>
      `# Totals: pass:${2 - fail - error} fail:${fail} xfail:0 xpass:0 skip:0 error:${error}\n`
    const sound = 'KTAP version 1\nok 1 a\nok 2 b\n'
    t.ok(read(sound + totals(0, 0)).ok)
    const counted = '1 failures were counted by the program, and 0 came'
    t.strictSame(read(sound + totals(1, 0)).problems, [counted])
    t.strictSame(read(sound + totals(0, 1)).problems, [counted])
    t.strictSame(read('KTAP version 1\nok 1 a\nok 3 c\n').problems, [
      'test point 3 is there, and 2 came',
    ])
    t.end()
  },
)

void t.test('counts that the program gives are held against its tests, wherever they stand', t => {
  const counted = 'pass:1 fail:1 skip:0 total:2'
  const selftest = 'Totals: pass:1 fail:1 xfail:0 xpass:0 skip:0 error:0'
  const streams: Record<string, readonly string[]> = {
    'after the point of a suite': [
      '    1..2',
      '    ok 1 a',
      '    ok 2 b',
      'ok 1 s',
      `# s: ${counted}`,
    ],
    'of a suite whose name has spaces': [
      '    1..2',
      '    ok 1 a',
      '    ok 2 b',
      `# a suite: ${counted}`,
      'ok 1 a suite',
    ],
    'of a test with parameters': [
      '    1..1',
      '        # Subtest: p',
      '        ok 1 x',
      '        ok 2 y',
      `    # p: ${counted}`,
      '    ok 1 p',
      'ok 1 s',
    ],
    indented: ['  ok 1 a', '  ok 2 b', `  # ${selftest}`, 'ok 1 s'],
    'then counted again': [
      'ok 1 a',
      'ok 2 b',
      `# ${selftest}`,
      '# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:0 error:0',
    ],
    torn: ['ok 1 a', 'ok 2 b', '# Totals: pass:1 fa[   12.345678] demo: hello'],
    coloured: ['ok 1 a', 'ok 2 b', `# \x1b[31m${selftest}\x1b[0m`],
    'as they once were': ['ok 1 a', 'ok 2 b', '# Pass 1 Fail 1 Xfail 0 Xpass 0 Skip 0 Error 0'],
  }
  for (const [name, lines] of Object.entries(streams))
    t.notOk(read(['KTAP version 1', ...lines, ''].join('\n')).ok, name)
  t.end()
})

void t.test('a program that says that it failed has not passed', t => {
  for (const said of [
    'Looks like your test exited with 255 just after 2.',
    'Looks like you failed 1 test of 2.',
    'Looks like you planned 3 tests but ran 2.',
    'FAILED: 0 / 1 tests passed.',
    'Planned tests != run tests (3 != 2)',
    'fail 1',
    'FAIL:  1',
    'Tests failed: 1',
    'failed 1 among 2 test(s)',
    '    # a: EXPECTATION FAILED at a-test.c:20'.trim().slice(2),
  ]) {
    const { problems, ok } = read(`KTAP version 1\nok 1 a\nok 2 b\n# ${said}\n`)
    t.notOk(ok, said)
    t.match(problems, [`it says "${said}", and no test failed`])
    const wrapped = `TAP version 13\n1..1\n# ok 1 a\n# # ${said}\nok 1 x\n`
    if (!said.includes('lanned')) t.notOk(read(wrapped).ok, `in comments: ${said}`)
    t.strictSame(read(`KTAP version 1\nnot ok 1 a\n# ${said}\n`).problems, [])
  }
  t.end()
})

void t.test('a program of kselftest.h may skip the rest of its plan', t => {
  const reader = new TapReader(() => undefined)
  reader.push(
    Buffer.from(
      'TAP version 13\n1..3\nok 1 opens\nok 2 # SKIP no device\n# Planned tests != run tests (3 != 2)\n' +
        '# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:1 error:0\n',
    ),
  )
  t.match(reader.end(true), { ok: true, problems: [], skipped: 'the last 1 of 3 tests' })
  t.end()
})
