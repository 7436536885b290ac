import { suite } from 'modprove'

const test = suite('a test that blocks its event loop')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('blocks', t => {
  t.pass('begun')
  const never = new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(never, 0, 0)
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
