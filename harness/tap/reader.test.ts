import { readFileSync } from 'node:fs'
import t from 'tap'
import { TapReader, type TapPoint } from './index.js'
import type { TapResults } from './line-reader.js'

interface Read extends TapResults {
  readonly points: readonly TapPoint[]
  /** Each as `outcome path > name (reason)`. */
  readonly reported: readonly string[]
}

function read(stream: string | Buffer, chunkBytes = Infinity): Read {
  const points: TapPoint[] = []
  const reader = new TapReader(point => points.push(point))
  const bytes = Buffer.from(stream)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, Math.min(at + chunkBytes, bytes.length)))
    if (chunkBytes === Infinity) break
  }
  const reported = (): string[] =>
    points.map(({ outcome, path, name, reason }) =>
      [outcome, [...path, name].join(' > '), reason && `(${reason})`].filter(Boolean).join(' '),
    )
  return { ...reader.end(), points, reported: reported() }
}

const recorded = (name: string): Buffer =>
  readFileSync(new URL(`testdata/${name}.tap`, import.meta.url))

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

void t.test('what a program counted itself stands for a plan', t => {
  t.match(read(recorded('without-plan')), { ok: true, problems: [] })
  const cut = recorded('without-plan').toString().replace('ok 1 opens\n', '')
  t.match(read(cut), { ok: false, problems: [/^2 tests were counted by the program, and 1 came/] })
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

void t.test('a line that a message of the kernel tears is reported as torn', t => {
  t.match(read(recorded('torn')), {
    ok: false,
    problems: ['line 4 was torn by a message of the kernel'],
  })
  const message = '[   12.345678][   T81] random: crng init done'
  const whole = 'ok 2 reads back'
  for (let at = 1; at <= whole.length; at += 1) {
    const torn = `${whole.slice(0, at)}${message}\n${whole.slice(at)}`
    t.notOk(read(`KTAP version 1\nok 1 opens\n${torn}\n`).ok, torn)
  }
  for (const sound of [
    message,
    'see [   12.345678] above',
    'okay [   12.345678] so',
    `# ${message}`,
  ])
    t.ok(read(`1..1\nok 1 a\n${sound}\n`).ok, sound)
  t.match(read(`1..1\nok 1 a\n${message.slice(0, 40)}not ok 2 b\n`).problems, [/says "not ok"/])
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

void t.test('bytes that are no text are reported once, and cost nothing else', t => {
  const bytes = Buffer.concat([
    Buffer.from('1..1\n'),
    Buffer.from([0xff, 0xfe, 10, 0x80, 10]),
    Buffer.from('ok 1\n'),
  ])
  t.strictSame(read(bytes).problems, ['line 2 is not UTF-8 text'])
  t.strictSame(read('1..1\nok 1 a\0b\n').problems, ['line 2 is not UTF-8 text'])
  t.end()
})

void t.test('a failure that no test point tells is a problem of the stream', t => {
  const hides = /says "not ok" where no test point begins/
  for (const hidden of [
    '10%\r20%\rnot ok 2 leaks',
    'ok 2 a\rnot ok 2 b',
    'not ok\t2 b',
    '\x1b[31mnot ok 2 b\x1b[0m',
    '[    1.234567] not ok 2 b',
    '<3>not ok 2 b',
  ])
    t.match(read(`KTAP version 1\nok 1 a\n${hidden}\nok 2 c\n`).problems, [hides], hidden)
  const aside = read('1..2\nok 1 a\n not ok 2 b\nok 2 b\n')
  t.match(aside.problems, [/^line 3 is indented by 1, as no subtest is/])
  for (const sound of ['# not ok', 'not okay, but no matter', 'it is not ok to stop here'])
    t.ok(read(`1..1\n${sound}\nok 1 a\n`).ok, sound)
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

void t.test('only a newline ends a line', t => {
  for (const end of ['\r', '\u2028', '\u2029']) {
    const { reported, ok } = read(`KTAP version 1\nok 1 a\nnot ok 2 b${end}c\nok 3 d\n`)
    t.match(reported, ['pass a', /^fail b/, 'pass d'], `U+${end.charCodeAt(0)}`)
    t.notOk(ok)
    t.match(read(`1..2\nok 1\nBail out!${end}x\nok 2\n`).problems, [/^bailed out/])
    t.match(read(`1..0 # SKIP no${end}device\n`), { ok: true, skipped: `no${end}device` })
  }
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

void t.test('a failure, a plan or a bail-out is told however its line is spoiled', t => {
  const dressings: Record<string, (line: string) => string> = {
    coloured: line => `\x1b[31m${line}\x1b[0m`,
    erased: line => `50 %\x1b[K\x1b[1G${line}`,
    'in another character set': line => `\x1b(B${line}`,
    'after backspaces': line => `50 %\b\b\b\b${line}`,
    'overwriting a line': line => `50 %\r${line}`,
    'of a log level': line => `<3>${line}`,
    'of the kernel': line => `[   12.345678][   T81] ${line}`,
    'of a thread': line => `[T81] ${line}`,
    'of dmesg -T': line => `[Mon Nov 30 03:14:09 2026] ${line}`,
  }
  for (const [name, dress] of Object.entries(dressings)) {
    const failing = `KTAP version 1\nok 1 a\n${dress('not ok 2 b')}\n`
    t.notOk(read(failing).ok, `not ok ${name}`)
    t.notOk(read(`KTAP version 1\nok 1 a\n${dress('Bail out! no')}\n`).ok, `bail-out ${name}`)
    t.notOk(read(`KTAP version 1\n${dress('1..3')}\nok 1 a\n`).ok, `plan ${name}`)
    const wrapped = ['TAP version 13', '1..1', '# ok 1 a', `# ${dress('not ok 2 b')}`, 'ok 1 x']
    t.notOk(read(`${wrapped.join('\n')}\n`).ok, `not ok in comments ${name}`)
    wrapped[3] = `# ${dress('Bail out! no')}`
    t.notOk(read(`${wrapped.join('\n')}\n`).ok, `bail-out in comments ${name}`)
  }
  t.end()
})

void t.test('a line that is nearly TAP is told, where reading past it would pass', t => {
  const within = (...lines: string[]): boolean =>
    read(['KTAP version 1', 'ok 1 a', ...lines, ''].join('\n')).ok
  for (const spelling of ['not  ok 2', 'not\tok 2', 'Not ok 2 b', 'NOT OK', 'not ok2'])
    t.notOk(within(spelling), spelling)
  for (const merged of ['loading...not ok 2 b', 'loading...not ok - b', 'loading...Bail out! no'])
    t.notOk(within(merged), merged)
  for (const [first, second] of [
    ['n', 'ot ok 2 b'],
    ['no', 't ok 2 b'],
    ['not', 'ok 2 b'],
    ['not ', 'ok 2 b'],
    ['Bail', ' out! no memory'],
  ] as const)
    t.notOk(within(first, second), `${first}, torn from ${second}`)
  for (const plan of ['1..3 tests', ' 1..3', '1.[   12.345678] demo: hello\n.3'])
    t.notOk(read(`KTAP version 1\n${plan}\nok 1 a\n`).ok, plan)
  t.notOk(within('Bail o[   12.345678] demo: hello', 'ut! no'), 'a torn bail-out')
  for (const sound of ['no', 'not found', 'n', '10[   12.345678] demo: hello', 'it is not okay'])
    t.ok(within(sound, 'ok 2 b'), sound)
  t.end()
})

void t.test('what a line longer than is kept would have said is not passed over', t => {
  const long = 'x'.repeat(10_000)
  const stream = (line: string): Read => read(`1..2\nok 1 a\n${line}\nok 2 b\n`)
  t.match(read(`1..1\nok 1 ${long} # TIMEOUT 45\n`).problems, [/^line 2 is too long to be read/])
  t.notOk(read(`KTAP version 1\nok 1 a\n${'50 %\r'.repeat(3000)}not ok 2 b\n`).ok, 'overwritten')
  t.ok(stream(long).ok, 'a dump')
  t.end()
})

void t.test('an indented --- that is no YAML hides no test', t => {
  const hides = /a block of YAML without its end/
  for (const lines of [
    ['  ok 1 a', '  ---', '  not ok 2 b', 'ok 1 s'],
    ['ok 1 a', '  ---', '  not ok 2 b', 'ok 2 s'],
    ['ok 1 a', '  ---', '  ok 2 b', '  Bail out! no memory', 'ok 2 s'],
    ['ok 1 a', '  ---', '  not ok 2 b'],
  ]) {
    const { ok } = read(['KTAP version 1', ...lines, ''].join('\n'))
    t.notOk(ok, lines.join(', '))
  }
  t.match(read('KTAP version 1\nok 1 a\n  ---\n  not ok 2 b\nok 2 s\n').problems, [hides])
  t.end()
})

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
    '    # a: EXPECTATION FAILED at a-test.c:20'.trim().slice(2),
  ]) {
    const { problems, ok } = read(`KTAP version 1\nok 1 a\nok 2 b\n# ${said}\n`)
    t.notOk(ok, said)
    t.match(problems, [`it says "${said}", and no test failed`])
    const wrapped = `TAP version 13\n1..1\n# ok 1 a\n# # ${said}\nok 1 x\n`
    t.notOk(read(wrapped).ok, `in comments: ${said}`)
    t.strictSame(read(`KTAP version 1\nnot ok 1 a\n# ${said}\n`).problems, [])
  }
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

void t.test('prose is no TAP', t => {
  for (const lines of [
    ["  ok let's go", '1..1', 'ok 1 a'],
    ['KTAP version 1 ', '1..1 ', 'ok 1 a'],
    ['1..1', '# 1..3', 'ok 1 a'],
    ['1..1', '# bail out! is what it says', 'ok 1 a'],
    ['1..1', 'ok 1 - open # error path is taken'],
  ])
    t.match(read(`${lines.join('\n')}\n`), { ok: true, problems: [] }, lines.join(', '))
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
