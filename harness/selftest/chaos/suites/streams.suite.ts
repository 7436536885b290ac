import { suite } from 'modprove'

const test = suite('streams that programs print')

for (const name of ['cut', 'plan', 'bailout', 'garbage', 'deep'])
  test(name, async (t, guest) => {
    await guest.tap(t, 'streams', [name])
  })

test('after', async (t, guest) => {
  t.ok((await guest.process()).pid > 1)
})
