import { suite } from 'modprove'

const test = suite('clocks that jump')

test('the guest has the time of the host', async (t, guest) => {
  const { stdout } = await guest.exec('date +%s')
  const apartMs = Math.abs(Number(stdout) * 1000 - Date.now())
  t.ok(apartMs < 30_000, `${apartMs} ms apart`)
})

test('the wall clock jumps', async (t, guest) => {
  const { stdout } = await guest.exec(
    'date -s "2001-01-01 00:00"; sleep 1; date -s "2040-01-01 00:00"',
  )
  t.match(stdout, '2040')
})

test('waits', { timeoutMs: 2000 }, async (t, guest) => {
  const { stdout } = await guest.exec('echo waits >/dev/console; sleep 3; echo awake')
  t.equal(stdout, 'awake\n')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
