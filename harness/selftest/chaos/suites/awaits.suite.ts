import { suite } from 'modprove'

const test = suite('a file that awaits at import what never comes')

test('is not reached', t => {
  t.pass('it should have hung')
})

await new Promise(() => undefined)
