import { suite } from 'modprove'

const test = suite('a test that never ends', { timeoutMs: 500 })

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('never ends', async t => {
  t.pass('begun')
  await new Promise(() => undefined)
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
