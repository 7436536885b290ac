import { suite, type TestGuest } from 'modprove'
import { faulty, make } from './faulty.js'

const test = suite('splats, each in a test of its own', { modules: [faulty] })
const debug = { needs: { flavours: ['debug'] } }

const set = (guest: TestGuest, path: string, value: string): Promise<void> =>
  guest.writeFile(path, value)

test('before', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})

for (const fault of ['warn', 'oops', 'bug', 'refcount', 'stack', 'execute', 'words', 'again'])
  test(fault, async (t, guest) => {
    await make(guest, fault)
    t.pass('came back')
  })

for (const fault of [
  'kasan',
  'lockdep',
  'ubsan',
  'dma',
  'bad-page',
  'atomic',
  'list',
  'list-freed',
  'held',
  'rcu-held',
])
  test(fault, debug, async (t, guest) => {
    await make(guest, fault)
    t.pass('came back')
  })

test('hung-task', async (t, guest) => {
  await set(guest, '/proc/sys/kernel/hung_task_timeout_secs', '1')
  const user = (await guest.process()).within(60_000)
  await user.write(await user.open('/dev/faulty', 1), Buffer.from('hung-task'))
  t.pass('came back')
})

test('soft-lockup', debug, async (t, guest) => {
  await set(guest, '/proc/sys/kernel/watchdog_thresh', '1')
  const user = (await guest.process()).within(60_000)
  await user.write(await user.open('/dev/faulty', 1), Buffer.from('lockup'))
  t.pass('came back')
})

test('rcu-stall', debug, async (t, guest) => {
  await set(guest, '/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout', '3')
  const user = (await guest.process()).within(60_000)
  await user.write(await user.open('/dev/faulty', 1), Buffer.from('lockup'))
  t.pass('came back')
})

test('after', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})
