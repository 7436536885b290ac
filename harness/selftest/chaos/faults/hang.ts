import { scaled } from '../../../platform/waiting/deadlines.js'
import type { Fault } from '../fault.js'

export const hangFault: Fault = {
  row: 6,
  name: 'hang',
  fault: 'every vCPU spins with interrupts off',
  expected: 'hang, within its deadline, with registers and what ran, taken by QMP before the kill',
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'hang'])
    lab.expect(ended, { hang: { before: 'pass', hangs: ['fail', 'hang'], after: 'pass' } })
    const result = lab.result(ended, 'hang', 'hangs')
    const [problem] = result?.problems ?? []
    const detail = problem?.detail ?? 'none'
    lab.match('with registers', detail, /RIP=[0-9a-f]{16}/)
    const ran = detail.split('\n').find(line => line.includes('fault_hang'))
    lab.check('what ran, with its line', /faulty\/stalls\.c:\d+/.test(ran ?? ''), detail)
    lab.check('by its deadline', problem?.kind === 'overrun', String(problem?.kind))
    // Its deadline is 1 s, scaled; the ping takes three times that, the evidence four times.
    const { accelerator = 'tcg', slowness = 1 } = ended.view?.start.host ?? {}
    const limitMs = scaled(1000, accelerator === 'kvm' ? 'kvm' : 'tcg') * slowness
    const mostMs = 10 * limitMs + 30_000
    const tookMs = result?.durationMs ?? Infinity
    lab.check('within its deadline and those of the evidence', tookMs < mostMs, `${tookMs} ms`)
    lab.tell(`${problem?.message} ${ran?.trim()}`)
  },
}
