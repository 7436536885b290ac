import { suite } from 'modprove'

const test = suite('a guest that reaches for the host')

/** A port on the host's loopback whose listener counts connections. */
const port = process.env['HOST_PORT'] ?? ''

test('waits', { timeoutMs: 60_000 }, async (t, guest) => {
  const { code } = await guest.exec('echo waits >/dev/console; sleep 6')
  t.equal(code, 0)
})

test('no service of the host answers', { timeoutMs: 60_000 }, async (t, guest) => {
  t.match(port, /^\d+$/, 'there is a service to try')
  const own = await guest.exec(
    'echo answered | nc -l -p 4711 >/dev/null & sleep 1; nc -w 2 127.0.0.1 4711 </dev/null',
  )
  t.equal(own.stdout, 'answered\n', 'there is a tool that reaches what it may reach')
  for (const host of ['10.0.2.2', '10.0.2.3', '127.0.0.1', '10.0.2.255']) {
    const tried = await guest.exec(`nc -w 2 ${host} ${port} </dev/null`)
    t.equal(tried.stdout, '', `${host}: ${tried.stderr.trim()}`)
  }
})

test('no file of the host is there', async (t, guest) => {
  // Documentation/filesystems/9p.rst; virtio device ids: 1 is the network, 4 the entropy source.
  const types = await guest.exec('cat /sys/bus/virtio/devices/*/device')
  t.ok(types.stdout.length > 0, 'devices are listed')
  for (const type of types.stdout.trim().split('\n')) t.match(type, /^0x000[14]$/)
  const shared = await guest.exec(
    'mount -t 9p -o trans=virtio host /mnt || mount -t virtiofs host /mnt',
  )
  t.not(shared.code, 0, 'no folder is shared')
  const { stdout } = await guest.exec("sed '1,2d' /proc/partitions")
  t.equal(stdout, '', 'no disk')
})

test('what it sends without end is bounded', { timeoutMs: 60_000 }, async (t, guest) => {
  await t.rejects(guest.exec('cat /dev/zero', { timeoutMs: 300_000 }), { code: 'COMMAND_FLOOD' })
  await t.rejects(guest.readFile('/dev/zero'), { code: 'FILE_TOO_LARGE' })
})
