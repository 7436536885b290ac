import { suite } from 'modprove'

const test = suite('tests that end their process')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('calls process.exit', () => {
  process.exit(0)
})

test('between', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('aborts', () => {
  process.abort()
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
