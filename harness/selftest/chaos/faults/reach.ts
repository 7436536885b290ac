import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import type { Fault } from '../fault.js'

export const reachFault: Fault = {
  row: 21,
  name: 'reach',
  fault: "the guest tries the host's services through the gateway, its files, and endless output",
  expected: 'refused or bounded; QEMU has its seccomp filter, no capability, and an ordinary user',
  make: async lab => {
    let seen = ''
    let connections = 0
    await using host = createServer(socket => {
      connections += 1
      socket.end('a secret of the host\n')
    }).listen(0)
    await once(host, 'listening')
    const ended = await lab.run(['run', 'reach'], {
      env: { HOST_PORT: String((host.address() as AddressInfo).port) },
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
        'no file of the host is there': 'pass',
        'what it sends without end is bounded': 'pass',
      },
    })
    lab.check('nobody came to the host', connections === 0, `${connections} connections`)
    const field = (name: string): string =>
      new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(seen)?.[1] ?? 'none'
    // proc(5): 2 is SECCOMP_MODE_FILTER.
    lab.match('seccomp filters', field('Seccomp'), /^2$/)
    lab.match('no capability', field('CapEff'), /^0+$/)
    lab.match('no new privileges', field('NoNewPrivs'), /^1$/)
    lab.match('an ordinary user', field('Uid'), /^[1-9]\d*(?:\s+[1-9]\d*){3}$/)
    const [uid] = field('Uid').split(/\s+/)
    lab.tell(`QEMU: seccomp ${field('Seccomp')}, capabilities ${field('CapEff')}, uid ${uid}`)
  },
}
