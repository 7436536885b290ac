import { spawnSync } from 'node:child_process'
import t from 'tap'
import { decodeUtf8, escapeTerminal, headAndTail, oneLine, shellQuote } from './text.js'

void t.test('what could act on a terminal is shown, not sent', t => {
  t.equal(escapeTerminal('\x1b[31mred\x1b]0;title\x07'), '\\x1b[31mred\\x1b]0;title\\x07')
  t.equal(escapeTerminal('back\bspace\rreturn\x7f\0'), 'back\\x08space\\x0dreturn\\x7f\\x00')
  t.equal(escapeTerminal('c1 \x9b31m'), 'c1 \\x9b31m')
  t.equal(escapeTerminal('a\u202eb\u2066c\u200fd\u061c'), 'a\\u{202e}b\\u{2066}c\\u{200f}d\\u{61c}')
  t.equal(escapeTerminal('\u2028\ud800\u{e0041}\ufeff'), '\\u{2028}\\u{d800}\\u{e0041}\\u{feff}')
  t.end()
})

void t.test('what a CI would take for a command is shown, not sent', t => {
  t.equal(
    escapeTerminal('::error::x\n \u00a0::stop-commands::y'),
    '\\x3a:error::x\n \u00a0\\x3a:stop-commands::y',
  )
  t.equal(escapeTerminal('a ##[error]b ###[c]'), 'a \\x23#[error]b #\\x23#[c]')
  t.equal(escapeTerminal('std::move(a) # b'), 'std::move(a) # b')
  t.end()
})

void t.test('a text in one line has no other', t => {
  t.equal(oneLine(' a\n::error::\tb\u2028c '), 'a \\x3a:error:: b\\u{2028}c')
  t.end()
})

void t.test('plain text, layout and other scripts stay as they are', t => {
  const text = 'one\n\ttwo — Ωμέγα 日本語 🐧 C:\\x1b'
  t.equal(escapeTerminal(text), text)
  t.end()
})

void t.test('no control character survives, whatever the input', t => {
  const everyUnit = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit)).join('')
  t.notMatch(escapeTerminal(everyUnit), /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/u)
  t.end()
})

void t.test('long text is cut, and says so', t => {
  t.equal(escapeTerminal('abcdef', 4), 'abcd… (2 characters more)')
  t.equal(escapeTerminal('abcd', 4), 'abcd')
  t.ok(escapeTerminal('x'.repeat(1_000_000)).length < 110_000)
  t.end()
})

void t.test('bytes that are not UTF-8 are escaped one by one, the others decoded', t => {
  t.equal(decodeUtf8(Buffer.from('grün 🐧')), 'grün 🐧')
  t.equal(decodeUtf8(Buffer.from([0x61, 0xff, 0xc3, 0xbc, 0xc3])), 'a\\xffü\\xc3')
  t.equal(decodeUtf8(Buffer.from([0xf0, 0x9f, 0x90, 0x41])), '\\xf0\\x9f\\x90A')
  t.equal(decodeUtf8(Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80])), '\\xc0\\xaf\\xed\\xa0\\x80')
  t.equal(decodeUtf8(Buffer.from('\ufffd')), '\ufffd', 'a replacement character that was sent')
  t.end()
})

void t.test('a long text is shortened to its beginning and its end', t => {
  t.equal(headAndTail('1\n2\n3\n\n', 3), '1\n2\n3')
  t.equal(headAndTail('1\n2\n3\n4\n5\n', 3), '1\n2\n… 2 lines\n5')
  t.equal(headAndTail('1\n2\n3', 1), '1\n… 2 lines')
  t.end()
})

void t.test('a quoted word comes back from the shell as it was', t => {
  for (const word of ['plain', 'a b', "it's", '$HOME `x` "y"', '', '*', 'a\nb', '--x=1,y:2']) {
    const shell = spawnSync('sh', ['-c', `printf %s ${shellQuote(word)}`], { encoding: 'utf8' })
    t.equal(shell.stdout, word)
  }
  t.equal(shellQuote('-M'), '-M')
  t.end()
})
