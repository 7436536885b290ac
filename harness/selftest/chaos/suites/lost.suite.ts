import { suite } from 'modprove'

const test = suite('a machine that may be lost')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

/** The fault waits for the line on the console. */
test('waits', { timeoutMs: 60_000 }, async (t, guest) => {
  const { stdout } = await guest.exec('echo waits >/dev/console; sleep 8; echo awake')
  t.equal(stdout, 'awake\n')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
