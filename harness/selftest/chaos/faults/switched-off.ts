import type { Fault } from '../fault.js'

export const switchedOffFault: Fault = {
  row: 2,
  name: 'switched-off',
  fault: 'the guest is switched off inside a test',
  expected:
    'that test fails at once: guest-halted; the rest of the file goes on on a fresh machine',
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'off'])
    lab.expect(ended, {
      off: { before: 'pass', 'switches off': ['fail', 'guest-halted'], after: 'pass' },
    })
    const overrun = lab.result(ended, 'off', 'switches off')?.overrun
    lab.check('no deadline was waited for', overrun === undefined, String(overrun))
    lab.tell(lab.result(ended, 'off', 'switches off')?.problems[0]?.message ?? '')
  },
}
