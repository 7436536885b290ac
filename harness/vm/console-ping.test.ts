import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { SerialConsole } from './serial-console.js'
import { answersOn } from './console-ping.js'

const never = new Promise<never>(() => undefined)

/** A guest that handles each console line with `answer`. */
function guest(t: Test, answer: (line: string, say: (text: string) => void) => void) {
  const [said, asked] = [new PassThrough(), new PassThrough()]
  const console = new SerialConsole(said, join(t.testdir(), 'console.log'))
  t.teardown(async () => {
    said.end()
    await console.ended
  })
  asked.on('data', (chunk: Buffer) =>
    answer(chunk.toString().trim(), text => void said.write(text)),
  )
  return { console, asked }
}

void t.test('a guest whose first answer is garbled counts as alive at the second', async t => {
  let asked = 0
  const { console, asked: channel } = guest(t, (word, say) => {
    asked += 1
    say(`${word}\r\n`)
    say(asked === 1 ? '\r\nmodprove: al[ 1.0] eth0: up\r\nive' : `\r\nmodprove: alive ${word}\r\n`)
  })
  t.equal(await answersOn(console, channel, never, new AbortController().signal), true)
  t.equal(asked, 2)
})

void t.test('neither an echo nor an answer to something else counts', async t => {
  const over = new AbortController()
  const { console, asked } = guest(t, (word, say) => {
    say(`${word}\r\nmodprove: alive\r\nmodprove: alive 0123456789abcdef\r\n`)
    console.once('line', () => over.abort())
  })
  t.equal(await answersOn(console, asked, never, over.signal), false)
})

void t.test('a machine that exits does not answer', async t => {
  const { console, asked } = guest(t, () => undefined)
  t.equal(await answersOn(console, asked, Promise.resolve(), new AbortController().signal), false)
  t.equal(console.listenerCount('line'), 0, 'no listener is left')
})
