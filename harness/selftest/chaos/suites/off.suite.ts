import { suite } from 'modprove'

const test = suite('a guest that switches itself off')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('switches off', async (t, guest) => {
  await guest.exec('poweroff -f')
  t.pass('never reached')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
