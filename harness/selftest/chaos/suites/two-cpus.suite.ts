import { suite } from 'modprove'
import { faulty, make } from './faulty.js'

const test = suite('splats on two processors at once', { modules: [faulty] })

test('everywhere', { needs: { flavours: ['debug'] } }, async (t, guest) => {
  await make(guest, 'everywhere')
  t.pass('came back')
})

test('after', async (t, guest) => {
  t.equal(await guest.modules.references('faulty'), 0)
})
