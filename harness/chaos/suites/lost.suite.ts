import { suite } from '../../suite.js'

const test = suite('a machine that may be lost')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('waits', async (t, guest) => {
  const { stdout } = await guest.exec('sleep 3; echo awake')
  t.equal(stdout, 'awake\n')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
