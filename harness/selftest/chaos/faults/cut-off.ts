import type { Fault } from '../fault.js'

export const cutOffFault: Fault = {
  row: 9,
  name: 'cut-off',
  fault: 'the ssh session alone is cut; sshd is killed; the network of the guest goes down',
  expected:
    'told apart from a dead guest: error, tried again; the log is still read from the console',
  make: async lab => {
    const ended = await lab.run(['run', 'cut'])
    const [cut, killed, down] = [
      'the session is cut',
      'sshd is killed',
      'the network goes down',
    ] as const
    lab.expect(ended, {
      cut: {
        before: 'pass',
        [cut]: 'error connection-lost',
        [killed]: 'error connection-lost',
        [down]: 'error connection-lost',
        after: 'pass',
      },
    })
    for (const test of [cut, killed, down]) {
      const result = lab.result(ended, 'cut', test)
      const tries = result?.attempt
      lab.check(`${test}: it was tried again`, tries === 2, String(tries))
      const text = (result?.problems ?? [])
        .map(({ message, detail }) => `${message}\n${detail ?? ''}`)
        .join('\n')
      lab.check(`${test}: the guest is known to live`, /yet the guest lives/.test(text), text)
      lab.check(
        `${test}: its last words, from the console`,
        text.includes('said on the console alone'),
        text,
      )
    }
    for (const test of [cut, killed, down])
      lab.tell(`${test}: ${lab.result(ended, 'cut', test)?.problems[0]?.message ?? 'no problem'}`)
  },
}
