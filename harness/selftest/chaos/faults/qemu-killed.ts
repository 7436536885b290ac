import type { Fault } from '../fault.js'
import type { Running } from '../running.js'

export const qemuKilledFault: Fault = {
  row: 8,
  name: 'qemu-killed',
  fault: 'kill -9 of QEMU, once and each time',
  expected: 'tried again on a fresh machine; when that is lost too: error, never fail or pass',
  fast: true,
  make: async lab => {
    const killAtTry = async (running: Running, nth: number): Promise<void> => {
      await running.guestSaid('waits', nth)
      for (const pid of await running.machines()) process.kill(pid, 'SIGKILL')
    }
    const once = await lab.run(['run', 'lost'], { during: running => killAtTry(running, 1) })
    lab.expect(once, { lost: { before: 'pass', waits: 'pass', after: 'pass' } })
    const tries = lab.result(once, 'lost', 'waits')?.attempt
    lab.check('"waits" took two tries', tries === 2, String(tries))
    lab.tell(`killed once: passed at try ${tries}`)

    const twice = await lab.run(['run', 'lost'], {
      during: async running => {
        await killAtTry(running, 1)
        await killAtTry(running, 2)
      },
    })
    lab.expect(twice, { lost: { before: 'pass', waits: ['error', 'qemu-died'], after: 'pass' } })
    const [problem] = lab.result(twice, 'lost', 'waits')?.problems ?? []
    lab.tell(`killed each time: error, "${problem?.message}", exit ${twice.exitCode}`)
  },
}
