import { spawn } from 'node:child_process'
import { suite } from 'modprove'

const test = suite('a test that starts something on the host')

test('does not end it', async (t, guest) => {
  spawn('sleep', ['600'], { stdio: 'ignore' }).unref()
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
