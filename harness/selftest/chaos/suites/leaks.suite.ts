import { suite } from 'modprove'
import { make } from './faulty.js'
import { leaver } from './leaver.js'

const test = suite('objects that leak, each beside one that stays', { modules: [{ name: leaver }] })

test('leaks objects', async (t, guest) => {
  await make(guest, 'objects', leaver)
  t.pass('leaked')
})
