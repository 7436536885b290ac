import { suite } from 'modprove'

const test = suite('a test that leaves promises behind')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('leaves a rejected promise', async (t, guest) => {
  void Promise.reject(new Error('nobody waits for this'))
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('leaves a promise that never settles', async (t, guest) => {
  void new Promise(() => undefined)
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('throws in a timer', async (t, guest) => {
  await new Promise<void>(resolve =>
    setTimeout(() => {
      setImmediate(resolve)
      throw new Error('thrown where nobody catches')
    }),
  )
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
