import t from 'tap'
import { read, recorded, type Read } from './reader.fixture.js'

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
