import { suite } from 'modprove'
import { make } from './faulty.js'

const test = suite('a mistake that only a hardened kernel looks for', {
  modules: [{ name: 'kinds' }],
})

test('user-copy', async (t, guest) => {
  await make(guest, 'user-copy', 'kinds')
  t.pass('came back')
})

test('after', async (t, guest) => {
  t.equal(await guest.modules.references('kinds'), 0)
})
