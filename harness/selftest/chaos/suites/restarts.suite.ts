import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'modprove'
import { make } from './faulty.js'
import { leaver } from './leaver.js'

const test = suite('restarts a second after each test', { modules: [{ name: leaver }] })

for (const nth of ['first', 'second', 'third'])
  test(`arms the ${nth} restart`, async (t, guest) => {
    // Longer than the restart that the previous test armed takes.
    await pause(3000)
    await make(guest, 'restart', leaver)
    t.pass('armed')
  })
