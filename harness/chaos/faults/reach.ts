import { readFile } from 'node:fs/promises'
import type { Fault } from '../fault.js'

export const reachFault: Fault = {
  row: 21,
  name: 'reach',
  fault: "the guest tries the host's services through the gateway, and endless output",
  expected: 'refused or bounded; QEMU has its seccomp filter, no capability, and an ordinary user',
  make: async lab => {
    let seen = ''
    const ended = await lab.run(['run', 'reach'], {
      during: async running => {
        await running.guestSaid('waits')
        for (const pid of await running.machines())
          seen += await readFile(`/proc/${pid}/status`, 'latin1')
      },
    })
    lab.expect(ended, {
      reach: {
        waits: 'pass',
        'no service of the host answers': 'pass',
        'what it sends without end is bounded': 'pass',
      },
    })
    const field = (name: string): string =>
      new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(seen)?.[1] ?? 'none'
    // proc(5): 2 is SECCOMP_MODE_FILTER.
    lab.check('seccomp filters', field('Seccomp') === '2', field('Seccomp'))
    lab.check('no capability', /^0+$/.test(field('CapEff')), field('CapEff'))
    lab.check('no new privileges', field('NoNewPrivs') === '1', field('NoNewPrivs'))
    const uids = field('Uid').split(/\s+/)
    lab.check(
      'an ordinary user',
      uids.length === 4 && uids.every(uid => Number(uid) > 0),
      field('Uid'),
    )
    lab.tell(`QEMU: seccomp ${field('Seccomp')}, capabilities ${field('CapEff')}, uid ${uids[0]}`)
  },
}
