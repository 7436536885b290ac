import type { Fault } from '../fault.js'
import { controlGroup } from '../cgroup.js'
import type { Ended } from '../findings.js'
import type { Lab } from '../lab.js'
import type { Running } from '../running.js'

const MIB = 1024 ** 2

export const guestMemoryFault: Fault = {
  row: 24,
  name: 'guest-memory',
  fault: 'a test takes all memory of the guest',
  expected: 'that test fails, and the cause is named; the others pass',
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'memory'])
    lab.expect(ended, { memory: { before: 'pass', 'takes all there is': 'fail', after: 'pass' } })
    const text = lab.said(ended, 'memory', 'takes all')
    lab.match('the cause is named', text, /\bout of memory\b|\boom-kill/i)
    lab.tell(text)
  },
}

/** Memory for one machine although CPUs suffice for two; for none; for hardly more than Node. */
const LIMITS_MIB = { one: 1024, none: 512, hardly: 192 }

export const harnessMemoryFault: Fault = {
  row: 24,
  name: 'harness-memory',
  fault: 'the harness and its machines have 1 GiB, 512 MiB, and 192 MiB',
  expected: 'as many machines as fit, or what it lacks is named; never a wrong verdict, never swap',
  make: async lab => {
    const { one, none, hardly } = LIMITS_MIB
    let most = 0
    const done = await within(lab, one, [], async running => {
      await running.whileItLasts(200, async () => {
        most = Math.max(most, (await running.machines()).length)
      })
    })
    lab.check(`${one} MiB: all is done`, isDone(done), `${done.exitCode}: ${done.output}`)
    lab.check(`${one} MiB: one machine at a time`, most === 1, String(most))
    lab.tell(`${one} MiB: all done, ${most} machine at a time`)
    for (const mib of [none, hardly]) {
      const refused = await within(lab, mib, [])
      const line = refused.output.split('\n').find(text => text.includes('fits into memory')) ?? ''
      const isNamed = line.includes(`of the ${mib} MiB that /sys/fs/cgroup`)
      lab.check(`${mib} MiB: it is named`, isNamed, refused.output)
      lab.exits(refused, 3, `${mib} MiB: `)
      lab.check(`${mib} MiB: nothing is begun`, refused.folder === undefined, refused.folder)
      lab.tell(`${mib} MiB: ${line.trim()}`)
    }
    // An explicit --jobs gets its machine; its failure must not be blamed on a test.
    const tried = await within(lab, none, ['--jobs', '1'])
    const isNamed = tried.exitCode === 3 && /memory|SIGKILL/.test(tried.output)
    const ended = `${tried.signal ?? tried.exitCode}`
    lab.check(`${none} MiB, --jobs 1: done, or named`, isDone(tried) || isNamed, tried.output)
    lab.tell(`${none} MiB, --jobs 1: ${isDone(tried) ? 'all done' : ended}`)
  },
}

/** Runs two suites in a control group with that much memory. */
async function within(
  lab: Lab,
  mib: number,
  more: readonly string[],
  during?: (running: Running) => Promise<void>,
): Promise<Ended> {
  await using group = await controlGroup({ memoryBytes: mib * MIB })
  const ended = await lab.run(['run', 'lost', 'promises', ...more], {
    wrapper: group.wrapper,
    ...(during === undefined ? {} : { during }),
  })
  const wrong = ended.results.filter(
    ({ test, status }) => status === 'fail' && !/rejected|throws in a timer/.test(test),
  )
  lab.check(`${mib} MiB: no test is blamed`, wrong.length === 0, JSON.stringify(wrong))
  return ended
}

/** Two tests of one suite always fail. */
const isDone = ({ exitCode, view }: Ended): boolean => exitCode === 1 && view?.counts.error === 0
