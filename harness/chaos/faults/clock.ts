import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.js'

const STOPPED_MS = 30_000

export const clockFault: Fault = {
  row: 22,
  name: 'clock',
  fault: 'wall clocks jump, the host is in another time zone, QEMU is stopped for 30 s',
  expected: 'no false timeouts; durations from monotonic clocks',
  make: async lab => {
    const ended = await lab.run(['run', 'clock'], {
      env: { TZ: 'Pacific/Apia' },
      during: async running => {
        await running.guestSaid('waits')
        const machines = await running.machines()
        for (const pid of machines) process.kill(pid, 'SIGSTOP')
        await sleep(STOPPED_MS)
        for (const pid of machines) process.kill(pid, 'SIGCONT')
      },
    })
    lab.expect(ended, {
      clock: {
        'the guest has the time of the host': 'pass',
        'the wall clock jumps': 'pass',
        waits: 'pass',
        after: 'pass',
      },
    })
    const durations = ended.results.map(({ durationMs }) => durationMs)
    const areSound = durations.every(each => each >= 0 && each < 600_000)
    lab.check('durations are durations', areSound, durations.join(', '))
    const waits = lab.result(ended, 'clock', 'waits')
    lab.check('it was stopped', (waits?.durationMs ?? 0) >= STOPPED_MS, `${waits?.durationMs} ms`)
    lab.tell(`stopped for 30 s in a test that has 10 s: ${waits?.status}, ${waits?.durationMs} ms`)
  },
}
