import { suite } from 'modprove'

const test = suite('programs that leave a child')

test('before', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('one that panics soon after', async (t, guest) => {
  await guest.tap(t, 'children', ['panic'])
})

test('one that ends soon after', async (t, guest) => {
  await guest.tap(t, 'children', ['end'])
})

test('none of it runs in the next test', async (t, guest) => {
  t.match(await guest.exec('pidof children'), { stdout: '', code: 1 })
  // These run until the test ends, and with all that they start.
  await guest.stream([guest.programPath('children'), 'alone'])
  await guest.stream('while :; do sleep 1000 & done')
  const shell = await guest.process()
  await shell.execve('/bin/sh', ['sh', '-c', `${guest.programPath('children')} alone; true`])
})

test('nor does a command, or a shell of a process', async (t, guest) => {
  t.match(await guest.exec('pidof children'), { stdout: '', code: 1 })
  t.match(await guest.exec('ps -o args | grep -x "sleep 1000"'), { stdout: '', code: 1 })
})

test('one that stays', async (t, guest) => {
  await guest.tap(t, 'children', ['stay'])
})

test('after', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
