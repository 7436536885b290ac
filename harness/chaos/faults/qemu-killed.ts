import type { Fault } from '../fault.js'

export const qemuKilledFault: Fault = {
  row: 8,
  name: 'qemu-killed',
  fault: 'kill -9 of QEMU, once and each time',
  expected: 'tried again on a fresh machine; when that is lost too: error, never fail or pass',
  fast: true,
  make: async lab => {
    const once = await lab.run(['run', 'lost'], {
      during: async running => {
        await running.test('lost', 'waits')
        for (const pid of await running.machines()) process.kill(pid, 'SIGKILL')
      },
    })
    lab.expect(once, { lost: { before: 'pass', waits: 'pass', after: 'pass' } })
    const tries = lab.result(once, 'lost', 'waits')?.attempt
    lab.check('"waits" took two tries', tries === 2, String(tries))
    lab.check('exit status 0', once.exitCode === 0, String(once.exitCode))
    lab.tell(`killed once: passed at try ${tries}`)
  },
}
