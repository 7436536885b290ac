import { SUITE_END } from '../../../contract/test-names.js'
import type { FindingReport } from '../../../contract/events.js'
import type { Fault } from '../fault.js'

/** Whether it is at a line of the module's fault_late(). */
const isInFaultLate = ({ trace }: FindingReport): boolean =>
  trace.some(line => 'location' in line && 'function' in line && line.function === 'fault_late')

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
    const told = (suite: string): readonly FindingReport[] =>
      (lab.result(ended, suite, SUITE_END)?.findings ?? []).filter(isInFaultLate)
    const lost = lab.said(ended, 'late-lost', SUITE_END)
    lab.check('told by another worker, at its line', told('late-lost').length === 1, lost)
    const said = lab.said(ended, 'late', SUITE_END)
    // The last test arms it once more, and the module's exit lets it go off.
    lab.check('each is reported, at its line', told('late').length === 3, said)
    lab.tell(said)
  },
}
