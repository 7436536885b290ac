import { allEnd } from '../expected.js'
import type { Fault } from '../fault.js'

export const cutOffFault: Fault = {
  row: 9,
  name: 'cut-off',
  fault: 'the ssh session alone is cut; sshd is killed; the network of the guest goes down',
  expected:
    'told apart from a dead guest: error, tried again; the log is still read from the console',
  make: async lab => {
    const ended = await lab.run(['run', 'cut'])
    const tests = ['the session is cut', 'sshd is killed', 'the network goes down']
    const lost = allEnd(tests, ['error', 'connection-lost'])
    lab.expect(ended, { cut: { before: 'pass', ...lost, after: 'pass' } })
    for (const test of tests) {
      const result = lab.result(ended, 'cut', test)
      const tries = result?.attempt
      lab.check(`${test}: it was tried again`, tries === 2, String(tries))
      const text = (result?.problems ?? [])
        .map(({ message, detail }) => `${message}\n${detail ?? ''}`)
        .join('\n')
      lab.match(`${test}: the guest is known to live`, text, /yet the guest lives/)
      lab.match(`${test}: its last words, from the console`, text, /said on the console alone/)
      lab.tell(`${test}: ${result?.problems[0]?.message ?? 'no problem'}`)
    }
  },
}
