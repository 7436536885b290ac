import { suite } from 'modprove'

const test = suite('a suite whose end takes a while', {
  modules: [{ name: 'moody', parameters: { exit_ms: 3000 } }],
})

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
