import { suite, type TestGuest } from 'modprove'
import { make } from './faulty.js'

const once = 'once'
const test = suite('what reports only once', { modules: [{ name: once }] })
const debug = { needs: { flavours: ['debug'] } }

/** The hung task timeout is a second; without this, the kernel reports one more. */
const oneHungTask = async (guest: TestGuest): Promise<void> => {
  await guest.writeFile('/proc/sys/kernel/hung_task_timeout_secs', '1')
  await guest.writeFile('/proc/sys/kernel/hung_task_warnings', '1')
}

for (const fault of ['lockdep', 'dma', 'warn-once', 'refcount', 'kasan', 'ubsan', 'atomic'])
  for (const turn of ['allowed', 'later'])
    test(`${turn} ${fault}`, debug, async (t, guest) => {
      await make(guest, `${turn}-${fault}`, once)
      t.pass('came back')
    })

for (const turn of ['allowed', 'later'])
  test(`${turn} debug-objects`, debug, async (t, guest) => {
    await make(guest, `${turn}-debug-objects`, once)
    t.pass('came back')
  })

test('another dma in the same test', debug, async (t, guest) => {
  await make(guest, 'allowed-dma', once)
  await make(guest, 'later-dma', once)
  t.pass('came back')
})

test('another refcount in the same test', debug, async (t, guest) => {
  await make(guest, 'allowed-refcount', once)
  // Reading the log also makes the harness write its pending reset of the check.
  await guest.kernelLog()
  await guest.readFile('/proc/uptime')
  await make(guest, 'later-refcount', once)
  t.pass('came back')
})

test('another lockdep in the same test', debug, async (t, guest) => {
  await make(guest, 'allowed-lockdep', once)
  await make(guest, 'later-lockdep', once)
  t.pass('came back')
})

test('allowed hung-task', async (t, guest) => {
  await oneHungTask(guest)
  await make(guest, 'allowed-hung-task', once)
  t.pass('came back')
})

test('later hung-task', async (t, guest) => {
  await guest.writeFile('/proc/sys/kernel/hung_task_timeout_secs', '1')
  await make(guest, 'later-hung-task', once)
  t.pass('came back')
})

test('takes the last fault', debug, async (t, guest) => {
  await guest.writeFile('/sys/kernel/debug/failslab/ignore-gfp-wait', 'N')
  const user = await guest.process()
  const { injected } = await user.failNth(1, armed => armed.syscall('memfd_create', 'a', 0))
  t.ok(injected)
})

test('has a fault to take', debug, async (t, guest) => {
  t.not((await guest.readFile('/sys/kernel/debug/failslab/times')).trim(), '0')
})

test('turns kmemleak off', debug, async (t, guest) => {
  await guest.writeFile('/sys/kernel/debug/kmemleak', 'off')
  t.pass('came back')
})

test('allowed kmemleak', debug, async (t, guest) => {
  await make(guest, 'allowed-kmemleak', once)
  t.pass('came back')
})

test('later leak', debug, async (t, guest) => {
  await make(guest, 'later-leak', once)
  t.pass('came back')
})
