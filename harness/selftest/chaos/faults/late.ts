import { SUITE_END } from '../../../contract/test-names.js'
import type { Fault } from '../fault.js'

export const lateFault: Fault = {
  row: 4,
  name: 'late',
  fault:
    "a splat that arrives two seconds after the test's last step; and one whose worker is lost before the end",
  expected: "charged to that test, or reported at the suite's end; not to the test in between",
  make: async lab => {
    const ended = await lab.run(['run', 'late', 'late-lost'])
    lab.expect(ended, {
      late: {
        'arms it': 'pass',
        'is at work meanwhile': 'pass',
        'arms it last': 'pass',
        [SUITE_END]: 'fail',
      },
      'late-lost': {
        'arms it': 'pass',
        'is at work meanwhile': 'pass',
        'takes its worker along': 'error',
        [SUITE_END]: 'fail',
      },
    })
    const place = /fault_late at .*faulty\.c:\d+/
    lab.match('told by another worker', lab.said(ended, 'late-lost', SUITE_END), place)
    const { problems = [] } = lab.result(ended, 'late', SUITE_END) ?? {}
    const said = lab.said(ended, 'late', SUITE_END)
    const told = problems.filter(({ message }) => place.test(message))
    lab.check('both are told, at their line', told.length === 2, said)
    lab.tell(said)
  },
}
