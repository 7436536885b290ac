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
    lab.check('with registers', /RIP=[0-9a-f]{16}/.test(detail), detail)
    const ran = detail.split('\n').find(line => line.includes('fault_hang'))
    lab.check('what ran, with its line', /faulty\.c:\d+/.test(ran ?? ''), detail)
    // 1 s of its own, five times that on emulation, and as much again for the ping and the registers.
    const tookMs = result?.durationMs ?? Infinity
    lab.check('within its deadline and what the evidence takes', tookMs < 60_000, `${tookMs} ms`)
    lab.tell(`${problem?.message} ${ran?.trim()}`)
  },
}
