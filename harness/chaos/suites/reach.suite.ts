import { suite } from '../../suite.js'

const test = suite('a guest that reaches for the host')

test('waits', { timeoutMs: 60_000 }, async (t, guest) => {
  const ports = (await guest.exec('cat /proc/cmdline; echo waits >/dev/console; sleep 6')).code
  t.equal(ports, 0)
})

test('no service of the host answers', { timeoutMs: 60_000 }, async (t, guest) => {
  // A tool that is not there would be refused by nobody.
  t.equal((await guest.exec('which wget')).code, 0, 'there is a tool to try with')
  for (const place of ['10.0.2.2', '10.0.2.3', '127.0.0.1']) {
    for (const port of [22, 53, 80, 111, 631, 8080]) {
      if (place === '127.0.0.1' && port === 22) continue
      const tried = await guest.exec(`wget -T 2 -q -O - http://${place}:${port}/ 2>&1`)
      t.not(tried.code, 0, `${place}:${port}: ${tried.stdout.trim()}`)
    }
  }
})

test('what it sends without end is bounded', { timeoutMs: 60_000 }, async (t, guest) => {
  await t.rejects(guest.exec('cat /dev/zero', { timeoutMs: 300_000 }), { code: 'COMMAND_FLOOD' })
  await t.rejects(guest.readFile('/dev/zero'), { code: 'FILE_TOO_LARGE' })
})
