import { suite } from 'modprove'
import { faulty, make } from './faulty.js'
import { warnsLate } from './late-warning.js'

const test = suite('a warning two seconds after', { modules: [faulty] })

warnsLate(test)

test('arms it last', async (t, guest) => {
  await make(guest, 'late')
  t.pass('armed')
})
