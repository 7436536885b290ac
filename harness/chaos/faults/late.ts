import { SUITE_END } from '../../test-names.js'
import type { Fault } from '../fault.js'

export const lateFault: Fault = {
  row: 4,
  name: 'late',
  fault: "a splat that arrives two seconds after the test's last step",
  expected: "charged to that test, or reported at the suite's end; not to the test in between",
  make: async lab => {
    const ended = await lab.run(['run', 'late'])
    lab.expect(ended, {
      late: {
        'arms it': 'pass',
        'is at work meanwhile': 'pass',
        'arms it last': 'pass',
        [SUITE_END]: 'fail',
      },
    })
    const end = lab.result(ended, 'late', SUITE_END)
    const said = (end?.problems ?? []).map(({ message }) => message)
    lab.check(
      'both are told, at their line',
      said.filter(text => /fault_late at .*faulty\.c:\d+/.test(text)).length === 2,
      said.join('; '),
    )
    lab.tell(said.join('; '))
  },
}
