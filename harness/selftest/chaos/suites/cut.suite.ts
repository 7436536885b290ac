import { suite } from 'modprove'

const test = suite('the way to the guest is lost, and the guest lives')
const SAID = 'modprove chaos: said on the console alone'

/** Cuts the connection, then writes to the kernel log. */
const after = (cut: string): string =>
  `(sleep 1; ${cut}; sleep 1; echo '<2>${SAID}' >/dev/kmsg) >/dev/null 2>&1 & sleep 20`

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

/** The sshd process of this session: the nearest ancestor of this shell with that name. */
const SESSION =
  'p=$$; until read -r n </proc/$p/comm && [ "$n" = dropbear ]; do p=$(cut -d" " -f4 /proc/$p/stat); done'

test('the session is cut', async (t, guest) => {
  await guest.exec(`${SESSION}; ${after('kill -9 $p')}`)
  t.fail('it came back')
})

test('sshd is killed', async (t, guest) => {
  await guest.exec(after('killall -9 dropbear'))
  t.fail('it came back')
})

test('the network goes down', { timeoutMs: 2000 }, async (t, guest) => {
  await guest.exec(after('ifconfig eth0 down'))
  t.fail('it came back')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
