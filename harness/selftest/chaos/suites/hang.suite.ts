import { suite } from 'modprove'
import { faulty, make } from './faulty.js'

const test = suite('every processor spins with interrupts off', { modules: [faulty] })

test('before', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})

test('hangs', { timeoutMs: 1000 }, async (t, guest) => {
  await make(guest, 'hang')
  t.fail('it came back')
})

test('after', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})
