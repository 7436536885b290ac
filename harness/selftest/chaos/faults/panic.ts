import { traceText } from '../../../platform/text/source-text.js'
import type { Fault } from '../fault.js'

export const panicFault: Fault = {
  row: 2,
  name: 'panic',
  fault: 'panic inside a test',
  expected:
    'that test fails: panic, with its trace; the rest of the file goes on on a fresh machine',
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'panic'])
    lab.expect(ended, { panic: { before: 'pass', panics: ['fail', 'panic'], after: 'pass' } })
    const [finding] = lab.result(ended, 'panic', 'panics')?.findings ?? []
    const traced = finding?.trace.some(line => traceText(line).includes('sysrq')) === true
    lab.check('with its trace', traced, finding?.trace.map(traceText).join('; ') ?? 'no finding')
    lab.tell(`"panics" failed: ${finding?.title}; "after" passed on another machine`)
  },
}
