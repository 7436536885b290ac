import { suite } from 'modprove'
import { kinds } from './kinds.js'
import { make } from './faulty.js'

const test = suite('kinds of reports, each in a test of its own', {
  modules: [{ name: 'kinds' }],
  needs: { flavours: ['debug'] },
})

for (const fault of Object.keys(kinds))
  test(fault, async (t, guest) => {
    await make(guest, fault, 'kinds')
    t.pass('came back')
  })

test('after', async (t, guest) => {
  t.equal(await guest.modules.references('kinds'), 0)
})
