import { suite } from '../../suite.js'

const test = suite('what programs of the kernel print')

for (const name of ['kselftest', 'nested'])
  test(name, async (t, guest) => {
    await guest.tap(t, 'streams', [name])
  })
