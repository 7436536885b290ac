import { suite } from 'modprove'
import { make } from './faulty.js'

export const leaver = 'leaver'

/** A suite of one test, whose module leaves something behind when unloaded. */
export function leavesBehind(what: string): void {
  const test = suite(`a ${what} that outlives its module`, { modules: [{ name: leaver }] })

  test(`leaves a ${what}`, async (t, guest) => {
    await make(guest, what, leaver)
    t.pass('left')
  })
}
