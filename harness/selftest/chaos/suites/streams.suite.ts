import { suite } from 'modprove'

const test = suite('streams that programs print')

for (const name of ['cut', 'plan', 'bailout', 'garbage', 'deep'])
  test(name, async (t, guest) => {
    await guest.tap(t, 'streams', [name])
  })

test('two hundred commands at once', async (t, guest) => {
  const words = Array.from({ length: 200 }, (_, index) => `${index}`)
  const ended = await Promise.all(words.map(word => guest.exec(['echo', word])))
  t.strictSame(
    ended.map(({ stdout }) => stdout.trim()),
    words,
  )
})

test('how commands end', async (t, guest) => {
  t.match(await guest.exec('exit 3'), { code: 3, signal: null })
  t.match(await guest.exec('kill -KILL $$'), { code: null, signal: 'KILL' })
  const waits = 'mkfifo /tmp/pipe; cat /tmp/pipe'
  const writes = 'until [ -e /tmp/pipe ]; do sleep 0.1; done; echo done >/tmp/pipe'
  const [waited] = await Promise.all([guest.exec(waits), guest.exec(writes)])
  t.equal(waited.stdout, 'done\n')
})

test('after', async (t, guest) => {
  t.ok((await guest.process()).pid > 1)
})
