import type { suite } from 'modprove'
import { make } from './faulty.js'

/** Two tests: the module warns two seconds after the first, during the second. */
export function warnsLate(test: ReturnType<typeof suite>): void {
  test('arms it', async (t, guest) => {
    await make(guest, 'late')
    t.pass('armed')
  })

  test('is at work meanwhile', async (t, guest) => {
    const { stdout } = await guest.exec('sleep 4; echo awake')
    t.equal(stdout, 'awake\n')
  })
}
