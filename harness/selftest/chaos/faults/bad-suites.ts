import { SUITE_END, WHOLE_FILE } from '../../../contract/test-names.js'
import type { Fault } from '../fault.js'

const SILENCE_S = '8'

export const badSuitesFault: Fault = {
  row: 19,
  name: 'bad-suites',
  fault:
    'suite files that throw or hang at import, hang, leave promises behind, block the event loop, end their process, leave a process on the host',
  expected:
    'error or fail of that test or file alone, with the reason; every other test keeps its result',
  fast: true,
  make: async lab => {
    const suites = ['throws', 'awaits', 'hangs', 'promises', 'blocks', 'exits', 'starts', 'panic']
    const ended = await lab.run(['run', ...suites], { env: { MODPROVE_SILENCE_S: SILENCE_S } })
    lab.expect(ended, {
      throws: { [WHOLE_FILE]: 'fail', [SUITE_END]: 'none' },
      awaits: { [WHOLE_FILE]: 'fail', [SUITE_END]: 'none' },
      hangs: { before: 'pass', 'never ends': ['fail', 'timeout'], after: 'pass' },
      promises: {
        before: 'pass',
        'leaves a rejected promise': 'fail',
        'leaves a promise that never settles': 'pass',
        'throws in a timer': 'fail',
        after: 'pass',
      },
      blocks: { before: 'pass', blocks: 'fail', after: 'pass' },
      exits: {
        before: 'pass',
        'calls process.exit': 'fail',
        between: 'pass',
        aborts: 'error',
        after: 'pass',
      },
      starts: { 'does not end it': 'pass' },
      panic: { before: 'pass', panics: ['fail', 'panic'], after: 'pass' },
    })
    const says = (suite: string, test: string, words: RegExp): void => {
      const text = lab.said(ended, suite, test)
      lab.match(`${suite}: ${test}: says why`, text, words)
      lab.tell(`${test}: ${text}`)
    }
    says('throws', WHOLE_FILE, /thrown at import/)
    says('awaits', WHOLE_FILE, /import did not end within/)
    says('hangs', 'never ends', /did not come back/)
    says('promises', 'leaves a rejected', /nobody waits for this/)
    says('promises', 'throws in a timer', /thrown where nobody catches/)
    says('blocks', 'blocks', /blocked its worker for/)
    says('exits', 'calls process.exit', /process\.exit\(0\) was called/)
    says('exits', 'aborts', /killed by SIGABRT/)
  },
}
