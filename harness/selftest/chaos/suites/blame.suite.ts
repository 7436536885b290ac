import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'modprove'
import { make } from './faulty.js'
import { leaver } from './leaver.js'

const test = suite('a panic that a test before has armed', { modules: [{ name: leaver }] })

test('is before it', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('arms a panic', async (t, guest) => {
  await make(guest, 'panic', leaver)
  t.pass('armed')
})

test('is innocent', async (t, guest) => {
  await pause(3000)
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})

test('is after it', async (t, guest) => {
  t.match(await guest.readFile('/proc/version'), /^Linux/)
})
