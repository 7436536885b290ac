import { suite } from 'modprove'
import { faulty, make } from './faulty.js'

const test = suite('a task that sleeps for ever', { modules: [faulty] })

test('before', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})

test('by its deadline', { timeoutMs: 1000 }, async (t, guest) => {
  await make(guest, 'sleep')
  t.fail('it came back')
})

test('between', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})

test('by the deadline of its call', async (t, guest) => {
  const user = (await guest.process()).within(3000)
  const device = await user.open('/dev/faulty', 1)
  await user.write(device, Buffer.from('sleep'))
  t.fail('it came back')
})

test('after', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})
