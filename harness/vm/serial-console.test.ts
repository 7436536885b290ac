import { once } from 'node:events'
import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { alreadyOver } from './already-over.fixture.js'
import { SerialConsole } from './serial-console.js'

const SMALL = { lineBytes: 16, keptLines: 3, fileBytes: 64 }

void t.test('lines are emitted when complete, however the bytes are split', async t => {
  const source = new PassThrough()
  const path = join(t.testdir(), 'console.log')
  const console = new SerialConsole(source, path)
  const lines: string[] = []
  console.on('line', line => lines.push(line))
  const bytes = Buffer.from('one\r\n\nzwölf 🐧\r\r\nlast')
  for (const byte of bytes) source.write(Buffer.from([byte]))
  source.end()
  await console.ended
  t.same(lines, ['one', '', 'zwölf 🐧', 'last'])
  t.same(console.tail(2), ['zwölf 🐧', 'last'])
  t.same(await readFile(path), bytes, 'the file has every byte unchanged')
})

void t.test('bytes that are not UTF-8 are escaped in lines', async t => {
  const source = new PassThrough()
  const console = new SerialConsole(source, join(t.testdir(), 'console.log'))
  source.end(Buffer.from([0x61, 0xff, 0xc3, 0x0a]))
  await console.ended
  t.same(console.tail(9), ['a\\xff\\xc3'])
})

void t.test('a flood is bounded in memory and on disk, and its last lines are kept', async t => {
  const source = new PassThrough()
  const path = join(t.testdir(), 'console.log')
  const console = new SerialConsole(source, path, SMALL)
  for (let n = 0; n < 10_000; n++) source.write(`line ${n}\n`)
  source.end()
  await console.ended
  t.same(console.tail(Infinity), ['line 9997', 'line 9998', 'line 9999'])
  const text = await readFile(path, 'utf8')
  t.match(text, /^line 0\nline 1\n/)
  t.match(text, /\d+ bytes were not kept; these are the last lines\]\nline 9997\n/)
  t.ok(text.length < 300)
})

void t.test('a line without a newline is cut, and the rest of it counted', async t => {
  const source = new PassThrough()
  const path = join(t.testdir(), 'console.log')
  const console = new SerialConsole(source, path, SMALL)
  for (let n = 0; n < 1000; n++) source.write('x'.repeat(100))
  source.end('\nnext')
  await console.ended
  t.same(console.tail(9), [`${'x'.repeat(16)}… (99984 bytes more)`, 'next'])
})

void t.test('two machines of one job share the file', async t => {
  const path = join(t.testdir(), 'console.log')
  for (const text of ['first\n', 'second\n']) {
    const source = new PassThrough()
    const console = new SerialConsole(source, path)
    source.end(text)
    await console.ended
  }
  t.equal(await readFile(path, 'utf8'), 'first\nsecond\n')
})

void t.test('what was printed by now is of this machine alone, and has its last lines', async t => {
  const path = join(t.testdir({ 'console.log': 'of another machine\n' }), 'console.log')
  const source = new PassThrough()
  const console = new SerialConsole(source, path, SMALL)
  const printed = once(console, 'line')
  source.write('first\n')
  await printed
  t.equal(await console.text(), 'first\n', 'while it lives')
  for (let n = 0; n < 100; n++) source.write(`line ${n}\n`)
  source.end()
  await console.ended
  t.match(await console.text(), /^first\nline 0\n[^]*line 99\n$/, 'when it has ended')
  await appendFile(console.path, 'of the next machine\n')
  t.match(await console.text(), /line 99\n$/, 'when another machine continues the file')
})

void t.test('a full disk stops the file, not the lines', async t => {
  t.ok((await stat('/dev/full')).isCharacterDevice())
  const source = new PassThrough()
  const console = new SerialConsole(source, '/dev/full')
  for (let n = 0; n < 1000; n++) source.write(`line ${n} ${'x'.repeat(1000)}\n`)
  source.end('end\n')
  await console.ended
  t.same(console.tail(1), ['end'])
})

for (const [how, stream] of alreadyOver()) {
  void t.test(`a console that is ${how} before it is read has ended`, async t => {
    const console = new SerialConsole(await stream, join(t.testdir(), 'console.log'))
    await console.ended
    t.same(console.tail(1), [])
  })
}
