import { suite } from 'modprove'
import { make } from './faulty.js'

const once = { name: 'once', parameters: { at_load: 1 } }
const test = suite('a known finding of lockdep when the module loads', { modules: [once] })

test('does nothing', t => {
  t.pass('done')
})

test('uses what is freed', async (t, guest) => {
  await make(guest, 'later-kasan', once.name)
  t.pass('came back')
})

test('takes locks in two orders', async (t, guest) => {
  await make(guest, 'later-lockdep', once.name)
  t.pass('came back')
})
