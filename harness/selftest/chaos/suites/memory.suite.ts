import { suite } from 'modprove'

const test = suite('a guest that runs out of memory')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('takes all there is', async (t, guest) => {
  // An endless line, which tail(1) must keep.
  const { code } = await guest.exec('tail /dev/zero')
  t.not(code, 0, 'it was killed')
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
