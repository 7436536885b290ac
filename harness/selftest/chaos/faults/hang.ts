import type { Fault } from '../fault.js'

export const hangFault: Fault = {
  row: 6,
  name: 'hang',
  fault: 'every vCPU spins with interrupts off',
  expected: 'hang, within its deadline, with registers and what ran, taken by QMP before the kill',
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'hang'])
    lab.expect(ended, { hang: { before: 'pass', hangs: 'fail hang', after: 'pass' } })
    const result = lab.result(ended, 'hang', 'hangs')
    const [problem] = result?.problems ?? []
    const detail = problem?.detail ?? 'none'
    lab.match('with registers', detail, /RIP=[0-9a-f]{16}/)
    const ran = detail.split('\n').find(line => line.includes('fault_hang'))
    lab.check('what ran, with its line', /faulty\.c:\d+/.test(ran ?? ''), detail)
    // Its deadline is 1 s, scaled; the ping takes three times that, the evidence four times.
    const [, limit = '0'] = /did not end within ([\d.]+) s/.exec(problem?.message ?? '') ?? []
    const mostMs = Number(limit) * 10_000 + 30_000
    const tookMs = result?.durationMs ?? Infinity
    lab.check('within its deadline and those of the evidence', tookMs < mostMs, `${tookMs} ms`)
    lab.tell(`${problem?.message} ${ran?.trim()}`)
  },
}
