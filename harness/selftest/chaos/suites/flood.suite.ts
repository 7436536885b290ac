import { suite } from 'modprove'

const test = suite('a guest that floods')

test('the console, with a million lines', { timeoutMs: 120_000 }, async (t, guest) => {
  const { code } = await guest.exec('yes | head -1000000 >/dev/console', { timeoutMs: 500_000 })
  t.equal(code, 0)
})

test('standard output, with a gibibyte', { timeoutMs: 120_000 }, async (t, guest) => {
  await t.rejects(guest.exec('head -c 1073741824 /dev/zero', { timeoutMs: 500_000 }), {
    code: 'COMMAND_FLOOD',
  })
})

test('the stream of a program', { timeoutMs: 120_000 }, async (t, guest) => {
  await guest.tap(t, 'streams', ['flood'])
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
