import { SUITE_END } from '../../../contract/test-names.js'
import type { Fault } from '../fault.js'

export const stuckFault: Fault = {
  row: 7,
  name: 'stuck',
  fault: 'a task stuck in D state in the module',
  expected:
    "timeout, with that task's kernel stack; the rest of the file goes on, until a second test hangs there",
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'stuck', 'left-asleep'])
    const [deadline, call] = ['by its deadline', 'by the deadline of its call']
    const [unawaited, left] = ['does not await it', 'leaves it to a program']
    lab.expect(ended, {
      stuck: {
        before: 'pass',
        [deadline]: ['fail', 'timeout'],
        between: 'pass',
        [call]: ['fail', 'timeout'],
        after: 'miss',
        [SUITE_END]: 'miss',
      },
      'left-asleep': {
        [unawaited]: ['fail', 'timeout'],
        [left]: ['fail', 'timeout'],
        [SUITE_END]: 'miss',
      },
    })
    for (const [suite, test] of [
      ['stuck', deadline],
      ['stuck', call],
      ['left-asleep', unawaited],
      ['left-asleep', left],
    ] as const) {
      const detail = lab.result(ended, suite, test)?.problems[0]?.detail ?? 'none'
      lab.match(`${test}: the kernel stack`, detail, /fault_sleep\+\S+ \[faulty\]/)
      lab.match(`${test}: at its line`, detail, /faulty\/stalls\.c:\d+/)
    }
    const shown = lab.result(ended, 'stuck', deadline)?.problems[0]
    const frame = shown?.detail?.split('\n').find(line => line.includes('fault_sleep'))
    lab.tell(`${shown?.message}; ${frame?.trim()}`)
  },
}
