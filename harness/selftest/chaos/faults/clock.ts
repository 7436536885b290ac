import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.js'
import type { Expected } from '../expected.js'
import type { Ended } from '../findings.js'
import type { Lab } from '../lab.js'
import { isStopped } from '../../../platform/process/stopped.js'
import { privateCache } from '../private-cache.js'
import type { Running } from '../running.js'

const STOPPED_MS = 30_000

/** Imported by each Node process: Date.now() is alternately an hour ahead and an hour behind. */
const JUMPING = `
const Right = Date
let asked = 0
const now = () => Right.now() + ((asked += 1) % 2 === 0 ? 3_600_000 : -3_600_000)
globalThis.Date = class extends Right {
  constructor(...time) { time.length > 0 ? super(...time) : super(now()) }
  static now() { return now() }
}
process.stderr.write('the clock jumps by ' + Math.round((Date.now() - Date.now()) / -60_000) + ' min\\n')`

const tests = {
  'the wall clock jumps': 'pass',
  waits: 'pass',
  after: 'pass',
} satisfies Expected[string]

export const clockFault: Fault = {
  row: 22,
  name: 'clock',
  fault:
    'wall clocks of guest and host jump, another time zone, QEMU, or all of a run, is stopped for 30 s',
  expected: 'no false timeouts; durations from monotonic clocks',
  make: async lab => {
    const right = { 'the guest has the time of the host': 'pass', ...tests } as const
    const env = { TZ: 'Pacific/Apia' }
    for (const [what, which] of [
      ['QEMU', running => running.machines()],
      ['all of the run', running => running.processes()],
    ] as const satisfies [string, Stopped][]) {
      const ended = await lab.run(['run', 'clock'], { env, during: stop(lab, what, which) })
      passed(lab, `${what} is stopped`, ended, { clock: right })
      const { status, attempt, durationMs } = lab.result(ended, 'clock', 'waits') ?? {}
      const how = `${status}, try ${attempt}, ${Math.round(durationMs ?? 0)} ms`
      lab.tell(`${what} stopped for 30 s in a test that has 20 s: ${how}`)
    }
    // A private cache, because times of use are written there.
    const jumping = await lab.run(['run', 'clock', '--grep', 'jumps|waits|after'], {
      env: {
        MODPROVE_CACHE: await privateCache(lab),
        NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(JUMPING)}`,
      },
    })
    passed(lab, "the host's clock jumps", jumping, { clock: tests })
    lab.match("the host's clock jumped", jumping.output, /^the clock jumps by 120 min$/m)
    lab.tell("the host's clock jumped by two hours each time it was asked: all passed")
  },
}

type Stopped = (running: Running) => Promise<number[]>

/** Stops processes of the run during a test, for longer than the test may take. */
const stop =
  (lab: Lab, what: string, which: Stopped) =>
  async (running: Running): Promise<void> => {
    await running.guestSaid('waits')
    const stopped = await which(running)
    for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    await sleep(STOPPED_MS)
    const still = stopped.filter(isStopped)
    lab.check(`${what}: it was stopped`, still.length > 0, `${still.length} of ${stopped.length}`)
    for (const pid of still) process.kill(pid, 'SIGCONT')
  }

function passed(lab: Lab, what: string, ended: Ended, expected: Expected): void {
  lab.expect(ended, expected)
  const durations = ended.results.map(({ durationMs }) => durationMs)
  const areSound = durations.every(each => each >= 0 && each < 600_000)
  lab.check(`${what}: durations are durations`, areSound, durations.join(', '))
}
