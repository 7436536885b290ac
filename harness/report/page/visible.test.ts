import t from 'tap'
import { visibleLine, visibleText } from './visible.js'

t.test('what could act or deceive is shown', async t => {
  t.equal(visibleLine('a\u001b[2Jb\u202ec\u0000'), String.raw`a\x1b[2Jb\u{202e}c\x00`)
  t.equal(visibleLine('ok 1\nnot ok 2'), String.raw`ok 1\x0anot ok 2`, 'a name is one line')
  t.equal(visibleText('a\n\tb\r'), 'a\n\tb\\x0d', 'layout stays')
})

t.test(
  'ten megabytes in one line become a line that can be read, and say what is missing',
  async t => {
    const long = 'x'.repeat(10 * 2 ** 20)
    for (const text of [visibleLine(long), visibleText(`${long}\nthe end`)]) {
      t.match(text, /… \(\d+ characters more\)/)
      t.ok(text.length < 3000)
    }
    t.match(visibleText(`${long}\nthe end`), /\nthe end$/, 'what comes after it is there')
  },
)

t.test('a text without end is cut behind a whole line', async t => {
  const lines = visibleText('line\n'.repeat(100_000)).split('\n')
  t.equal(lines.length, 1001)
  t.match(lines.at(-1), /characters more, in the record/)
  t.equal(visibleText('12345\n67890', 8), '12345\n… (5 characters more, in the record)')
})
