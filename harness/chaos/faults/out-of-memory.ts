import type { Fault } from '../fault.js'
import { controlGroup } from '../cgroup.js'

const MIB = 1024 ** 2

export const guestMemoryFault: Fault = {
  row: 24,
  name: 'guest-memory',
  fault: 'a test takes all memory of the guest',
  expected: 'that test fails, and the cause is named; the others pass',
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'memory'])
    lab.check('exit status 1', ended.exitCode === 1, String(ended.exitCode))
    lab.expect(ended, { memory: { before: 'pass', 'takes all there is': 'fail', after: 'pass' } })
    const text = lab.result(ended, 'memory', 'takes all')?.problems.map(({ message }) => message)
    const named = text?.some(message => /out of memory|oom/i.test(message)) === true
    lab.check('the cause is named', named, text?.join('; ') ?? '')
    lab.tell(text?.join('; ') ?? '')
  },
}

export const harnessMemoryFault: Fault = {
  row: 24,
  name: 'harness-memory',
  fault: 'the harness and its machines have 512 MiB, and then 192 MiB',
  expected: 'it makes do with what there is, or says what it lacks; never a wrong verdict',
  make: async lab => {
    for (const mib of [512, 192]) {
      await using group = await controlGroup({ memoryBytes: mib * MIB })
      const ended = await lab.run(['run', 'lost', 'promises'], { wrapper: group.wrapper })
      const wrong = ended.results.filter(
        ({ test, status }) => status === 'fail' && !/rejected|throws in a timer/.test(test),
      )
      lab.check(`${mib} MiB: no test is blamed`, wrong.length === 0, JSON.stringify(wrong))
      const did = ended.exitCode === 1 && ended.view?.counts.error === 0
      const named = ended.exitCode === 3 && /memory/.test(ended.output)
      lab.check(`${mib} MiB: done, or named`, did || named, `${ended.exitCode}: ${ended.output}`)
      const line = ended.output.split('\n').find(text => text.includes('memory'))
      lab.tell(`${mib} MiB: ${did ? 'all done' : line?.trim()}`)
    }
  },
}
