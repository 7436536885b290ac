import { SUITE_END } from '../../../contract/test-names.js'
import type { Fault } from '../fault.js'

/** By the module's `leaver.c`, in the test, and once more at the suite's end. */
const LEAKED = 200

/** Without SLAB_FREELIST_HARDENED, stale freelist pointers in what stays hide nearly all. */
export const leaksFault: Fault = {
  row: 4,
  name: 'leaks',
  fault: `${LEAKED} objects that leak, each beside one that stays and is not written`,
  expected: "the suite's end fails on debug, and counts most of them",
  make: async lab => {
    const ended = await lab.run(['run', 'leaks', '--flavour', 'debug'])
    lab.expect(ended, { leaks: { 'leaks objects': 'pass', [SUITE_END]: 'fail' } })
    const { findings = [] } = lab.result(ended, 'leaks', SUITE_END) ?? {}
    const leaks = findings.filter(({ title }) => title === 'memory leak in leave_objects')
    const found = leaks.reduce((sum, { count = 1 }) => sum + count, 0)
    lab.check('most are found', found > LEAKED / 2, `${found} of ${LEAKED}`)
    lab.tell(`${found} of ${LEAKED} are found`)
  },
}
