import { suite } from 'modprove'

const test = suite('a panic among tests')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('panics', async (t, guest) => {
  await guest.exec('echo c > /proc/sysrq-trigger')
  t.pass('never reached')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
