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
    lab.check('exit status 1', ended.exitCode === 1, String(ended.exitCode))
    lab.expect(ended, {
      children: {
        before: 'pass',
        'one that panics soon after': 'fail panic',
        'one that ends soon after': 'pass',
        'none of it runs in the next test': 'pass',
        'nor does a command, or a shell of a process': 'pass',
        'one that stays': 'fail',
        after: 'pass',
      },
    })
    const says = lab.result(ended, 'children', 'one that stays')?.problems ?? []
    const text = says.map(({ message }) => message).join('; ')
    lab.check('says what stayed', text === 'left running: children', text)
    lab.tell(`"one that stays": ${text}`)
  },
}
