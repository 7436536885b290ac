import type { Fault } from '../fault.js'

export const childrenFault: Fault = {
  row: 19,
  name: 'children',
  fault:
    'a program says that all is well and leaves a child, which panics the kernel, ends or stays',
  expected: "that test's failure, whatever the program said; nothing of it runs in the next test",
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'children'])
    lab.expect(ended, {
      children: {
        before: 'pass',
        'one that panics soon after': ['fail', 'panic'],
        'one that ends soon after': 'pass',
        'none of it runs in the next test': 'pass',
        'nor does a command, or a shell of a process': 'pass',
        'one that stays': 'fail',
        after: 'pass',
      },
    })
    const text = lab.said(ended, 'children', 'one that stays')
    lab.check('says what stayed', text === 'left running: children', text)
    lab.tell(`"one that stays": ${text}`)
  },
}
