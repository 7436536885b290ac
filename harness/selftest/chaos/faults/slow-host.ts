import { availableParallelism } from 'node:os'
import type { Fault } from '../fault.js'
import { controlGroup } from '../cgroup.js'

const TIMES_SLOWER = 10
/** Deadline of a test in suite `slow` without scaling for the host. */
const UNSCALED_MS = 10_000

export const slowHostFault: Fault = {
  row: 23,
  name: 'slow-host',
  fault: `everything ${TIMES_SLOWER} times slower: a CPU quota`,
  expected: 'the deadlines follow one measured factor; no false red',
  make: async lab => {
    await using group = await controlGroup({ cpus: availableParallelism() / TIMES_SLOWER })
    const ended = await lab.run(['run', 'lost', 'panic', 'promises', 'slow'], {
      wrapper: group.wrapper,
    })
    lab.expect(ended, {
      lost: { before: 'pass', waits: 'pass', after: 'pass' },
      panic: { before: 'pass', panics: ['fail', 'panic'], after: 'pass' },
      promises: {
        before: 'pass',
        'leaves a rejected promise': 'fail',
        'leaves a promise that never settles': 'pass',
        'throws in a timer': 'fail',
        after: 'pass',
      },
      slow: { 'takes a part of its time': 'pass' },
    })
    const tookMs = lab.result(ended, 'slow', 'takes')?.durationMs ?? 0
    lab.check('a deadline was longer for it', tookMs > UNSCALED_MS, `${tookMs} ms`)
    const slowness = ended.view?.start.host.slowness ?? 0
    lab.check('the host was measured', slowness >= TIMES_SLOWER / 2, String(slowness))
    lab.match('and that is said', ended.output, /times slower/)
    lab.tell(
      `measured: ${slowness} times slower; every result as on a quick host, and ${Math.round(tookMs / 1000)} s where 10 s are allowed on one`,
    )
  },
}
